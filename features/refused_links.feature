Feature: Links that no longer log anyone in

  A login link is as good as a key, so it works once and not for long.
  Edith is told kindly why, and can have another one at once.

  Rule: A link works once

    Scenario: Edith opens her link a second time
      Given Edith has logged in by a login link and out again
      When Edith opens the same link again
      Then Edith is told that the link "has already been used"
      And Edith is offered a new link

  Rule: A link works for 15 minutes

    Scenario: Edith opens her link after dinner
      Given Edith has a login link that is 16 minutes old
      When Edith opens her link
      Then Edith is told that the link "has expired"
      And Edith is offered a new link

    Scenario: Edith opens her link just in time
      Given Edith has a login link that is 14 minutes old
      When Edith opens her link and confirms it
      Then Edith is logged in

    @mailbox
    Scenario: Edith asks for another link right there
      Given Edith has opened a link that had expired
      When Edith asks for another link right there
      Then Edith has a login link in her mail

  Rule: Only links that Superlists sent are any good

    Scenario: Boris makes up a link
      When Boris opens a link that he made up
      Then Boris is told that the link "is not one of ours"
