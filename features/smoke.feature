@smoke
Feature: Superlists is up

  A release engineer has just put a release on a server.
  These scenarios tell whether it serves people, and leave nothing behind.

  Rule: A visitor can begin

    Scenario: The start is there and inviting
      When Edith visits Superlists
      Then Edith learns that it is about "To-Do" lists
      And Edith is invited to "Enter a to-do item"
      And Edith sees Superlists in its proper style
      And Edith can ask for a login link

  Rule: The site is in good health

    Scenario: The site says that it is well
      Then the site reports good health
