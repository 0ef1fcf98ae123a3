Feature: Items that stand once in a list

  Edith tends to forget what she has written down already.
  Superlists reminds her, so that she does not buy her wellies twice.

  Background:
    Given Edith has started a list with "Buy wellies"
    And Francis has started a list with "Pack for the festival"

  Rule: A list holds each item once

    Scenario: Edith enters the same item again
      When Edith tries to add "Buy wellies" to "Buy wellies" again
      Then Edith is told "You've already got this in your list"
      And Edith still sees
        | item           |
        | 1: Buy wellies |

    Scenario: Spaces around it do not make it another item
      When Edith tries to add "Buy wellies" to "Buy wellies" again, with spaces around it
      Then Edith is told "You've already got this in your list"

    Scenario: Another list may hold the same item
      When Francis adds "Buy wellies" to "Pack for the festival"
      Then Francis finds on "Pack for the festival"
        | item                     |
        | 1: Pack for the festival |
        | 2: Buy wellies           |

  Rule: A complaint lasts no longer than its cause

    Scenario: The complaint goes as Edith types on
      Given Edith has tried to add "Buy wellies" to "Buy wellies" again
      When Edith types something else
      Then Edith sees no complaint
