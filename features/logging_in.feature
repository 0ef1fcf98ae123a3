@mailbox
Feature: Logging in by a mailed link

  Edith opens the link in her mail and is logged in, with nothing to remember.
  Whoever has not got her mail stays outside.

  Rule: The link in the mail logs its reader in

    Scenario: Edith logs in, and out again
      Given Edith has been mailed a login link
      When Edith opens the link in her mail
      Then Edith is logged in
      And Edith can log out again

    Scenario: The link leads back to where it was asked for
      Given Onesiphorus owns a list called "Hang the bunting"
      And Onesiphorus has shared "Hang the bunting" with Edith
      And Edith was asked to log in on her way to "Hang the bunting"
      When Edith opens the link in her mail
      Then Edith is reading "Hang the bunting"

  Rule: The link is a key for one person, to be used once

    Scenario: The link leads to Superlists without a detour
      Given Edith has been mailed a login link
      When Edith opens the link in her mail
      Then the link in Edith's mail has led straight to Superlists

    Scenario: Edith and Francis both ask for a link
      Given Edith has been mailed a login link
      And Francis has been mailed a login link
      When Edith opens the link in her mail
      Then Edith is logged in
      And Francis is not logged in

    Scenario: Boris finds the mail that Edith has read
      Given Edith has logged in by the link in her mail
      When Boris opens the link in Edith's mail
      Then Boris is told that the link "has already been used"
      And Boris is not logged in
