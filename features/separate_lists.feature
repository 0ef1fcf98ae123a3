Feature: A list for each person

  Edith and Francis both use Superlists and do not know each other.
  Neither should ever come upon what the other has to do.

  Rule: Two people's lists have nothing to do with each other

    Background:
      Given Edith has started a list with "Buy peacock feathers"

    Scenario: Francis finds no trace of Edith's list
      When Francis starts a list with "Buy milk"
      Then Francis finds on "Buy milk"
        | item        |
        | 1: Buy milk |
      And Edith finds on "Buy peacock feathers"
        | item                    |
        | 1: Buy peacock feathers |

    Scenario: The start shows nobody's items
      When Francis visits Superlists
      Then Francis reads nothing about "peacock"

  Rule: A list that nobody owns is open to whoever has its address

    Background:
      Given Onesiphorus is logged in
      And Edith has started a list with "Buy peacock feathers"

    Scenario: Francis is given the address of Edith's list
      When Francis adds "Ask at the zoo" to "Buy peacock feathers"
      Then Edith finds on "Buy peacock feathers"
        | item                    |
        | 1: Buy peacock feathers |
        | 2: Ask at the zoo       |
