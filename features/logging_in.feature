Feature: Logging in by a mailed link

  Edith opens the link in her mail and is logged in, with nothing to remember.
  Whoever has not got her mail stays outside.

  Background:
    Given Onesiphorus owns a list called "Hang the bunting"

  Rule: The link in the mail logs its reader in

    @mailbox
    Scenario: Edith logs in, and out again
      Given Edith has logged in by the link in her mail
      When Edith logs out
      Then Edith is not logged in

    @mailbox
    Scenario: The link leads back to where it was asked for
      Given Onesiphorus has shared "Hang the bunting" with Edith
      And Edith was asked to log in on her way to "Hang the bunting"
      When Edith opens the link in her mail
      Then Edith is reading "Hang the bunting"

  Rule: The link is a key for one person, to be used once

    @mailbox
    Scenario: Edith and Francis both ask for a link
      Given Edith has been mailed a login link
      And Francis has been mailed a login link
      When Edith opens the link in her mail
      Then Edith is logged in
      And Francis is not logged in

    @mailbox
    Scenario: Boris finds the mail that Edith has read
      Given Edith has logged in by the link in her mail
      When Boris opens the link in Edith's mail
      Then Boris is not logged in

    @mailbox
    Scenario: A scanner of mail opens every link first
      Given Edith has been mailed a login link
      And Boris's scanner has opened the link in Edith's mail
      When Edith opens her link
      Then Edith is logged in

    Scenario: Edith opens a link that somebody else sent her
      Given Edith is logged in
      And Francis has a login link that is 1 minutes old
      When Edith opens Francis's link
      Then Edith is asked whether to go on as Francis
