Feature: A list that is pleasant to use

  Edith uses Superlists on her desk and on the tram.
  It looks cared for on both, so she trusts it with what she has to do.

  Rule: On a desk, the item box stands in the middle

    Scenario: The start is centred
      Given Edith's window is 1024 by 768
      When Edith visits Superlists
      Then the item box is in the middle of Edith's window
      And Edith sees Superlists in its proper style

    Scenario: A list is centred
      Given Edith's window is 1024 by 768
      When Edith starts a list with "Buy peacock feathers"
      Then the item box is in the middle of Edith's window
      And Edith sees Superlists in its proper style

  Rule: On a phone, nothing is cut off

    Scenario: A long item fits a small window
      Given Edith's window is 500 by 800
      When Edith starts a list with a word of 300 letters
      Then nothing reaches beyond the side of Edith's window
