Feature: A list for each person

  Edith and Francis both use Superlists and do not know each other.
  Neither should ever come upon what the other has to do.

  Rule: Two people's lists have nothing to do with each other

    Scenario: Francis finds no trace of Edith's list
      Given Edith has started a list with "Buy peacock feathers"
      When Francis starts a list with "Buy milk"
      Then Francis finds on "Buy milk"
        | item        |
        | 1: Buy milk |

    Scenario: The start shows nobody's items
      Given Edith has started a list with "Buy peacock feathers"
      When Francis visits Superlists
      Then Francis reads nothing about "peacock"
