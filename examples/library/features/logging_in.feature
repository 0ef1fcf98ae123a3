Feature: Logging in

  A card and a secret word say who takes a book home.
  Whoever has neither may still look at the shelf.

  Background:
    Given Rosa has a card with the secret word "rose garden"
    And the library has "Emma" and "Walden"

  Rule: Card and secret word belong together

    Scenario: Rosa logs in
      When Rosa logs in with the secret word "rose garden"
      Then Rosa is logged in with her card

    Scenario: Rosa mistypes her secret word
      When Rosa tries to log in with the secret word "rose gardens"
      Then Rosa is told "Card and secret word do not belong together."
      And Rosa is offered to log in

    Scenario: Rosa logs out
      Given Rosa is logged in
      When Rosa logs out
      Then Rosa is offered to log in

  Rule: Books are for who has logged in

    Scenario: A visitor cannot borrow
      When Boris looks at the shelf
      Then Boris sees that "Emma" is on the shelf
      And Boris cannot borrow "Emma"

    Scenario: Rosa finds her book again after logging in
      Given Rosa has borrowed "Middlemarch"
      When Rosa logs in with the secret word "rose garden"
      Then Rosa has "Middlemarch" at home
