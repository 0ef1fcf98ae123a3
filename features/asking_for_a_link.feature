Feature: Asking for a login link

  Edith wants to find her lists again, and has enough secrets to remember.
  She gives her address, and the rest comes by mail.

  Rule: An address is all it takes

    Scenario: Edith asks for a link
      When Edith asks for a login link
      Then Edith is told to check her mail

    Scenario: Edith mistypes her address
      When Edith asks for a login link for "edith@example"
      Then Edith is told why her address will not do

  Rule: Nobody's mail is flooded

    @mailbox
    Scenario: Edith asks for her last link of the hour
      Given Edith has asked for 4 login links within the hour
      When Edith asks to be mailed a login link
      Then Edith has a login link in her mail

    Scenario: Edith asks for one link too many
      Given Edith has asked for 5 login links within the hour
      When Edith asks for a login link
      Then Edith is told to wait a while

    @mailbox
    Scenario: Francis does not have to wait for Edith
      Given Edith has asked for 5 login links within the hour
      When Francis asks to be mailed a login link
      Then Francis has a login link in his mail

  Rule: Whoever gets no mail is told so

    # Only a run that takes the site's mail itself can refuse some of it.
    @mailbox @use.with_mailbox=outbox @use.with_mailbox=smtp
    Scenario: The mail server refuses Edith's link
      Given the mail server takes nothing for Edith
      When Edith asks for a login link
      Then Edith is told that her link could not be sent
