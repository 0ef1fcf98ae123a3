Feature: Items that say something

  Edith sometimes presses Enter before she has thought of anything.
  Superlists asks her for an item instead of keeping an empty one.

  Rule: An item is never empty

    Scenario: Edith enters nothing as her first item
      When Edith tries to start a list with nothing
      Then Edith is asked to fill in the item
      And Edith is still where lists begin

    Scenario: Edith enters nothing on her list
      Given Edith has started a list with "Buy wellies"
      When Edith tries to add nothing to "Buy wellies"
      Then Edith is asked to fill in the item
      And Edith still sees
        | item           |
        | 1: Buy wellies |

    Scenario: Spaces alone are nothing
      Given Edith has started a list with "Buy wellies"
      When Edith tries to add nothing but spaces to "Buy wellies"
      Then Edith is told "You can't have an empty list item"

    Scenario: Spaces alone leave no row
      Given Edith has started a list with "Buy wellies"
      When Edith tries to add nothing but spaces to "Buy wellies"
      Then Edith finds on "Buy wellies"
        | item           |
        | 1: Buy wellies |
