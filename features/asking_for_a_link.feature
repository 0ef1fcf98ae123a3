Feature: Asking for a login link

  Edith wants to find her lists again, and has enough secrets to remember.
  She gives her address, and the rest comes by mail.

  Rule: An address is all it takes

    Scenario: Edith asks for a link
      When Edith asks for a login link
      Then Edith is told to check her mail

  Rule: Nobody's mail is flooded

    Scenario: Edith asks for one link too many
      Given Edith has asked for 5 login links within the hour
      When Edith asks for a login link
      Then Edith is told to wait a while
