Feature: A site for everyone

  Some of Edith's friends hear the site read aloud, some use a keyboard alone, some need large letters.
  None of them should be shut out of any part of Superlists.

  Rule: Whoever comes can begin

    Scenario: The start shuts nobody out
      When Edith visits Superlists
      Then nobody is shut out of what Edith sees

    Scenario: A complaint reaches everybody
      Given Edith has started a list with "Buy wellies"
      When Edith tries to add "Buy wellies" to "Buy wellies" again
      Then nobody is shut out of Edith's list

  Rule: Whoever comes can log in

    Scenario: The answer to a request for a link shuts nobody out
      When Edith asks for a login link
      Then nobody is shut out of what Edith sees

    Scenario: A refusal shuts nobody out
      When Boris opens a link that he made up
      Then nobody is shut out of what Boris sees

  Rule: Whoever shares can work together

    Background:
      Given Edith is logged in
      And Edith has a list called "Hang the bunting"
      And Edith has shared "Hang the bunting" with Onesiphorus

    Scenario: A shared list shuts nobody out
      When Edith reads "Hang the bunting"
      Then nobody is shut out of Edith's list

    Scenario: A person's lists shut nobody out
      When Edith looks at her lists
      Then nobody is shut out of what Edith sees
