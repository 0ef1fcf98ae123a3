Feature: Items that stand once in a list

  Edith tends to forget what she has written down already.
  Superlists reminds her, so that she does not buy her wellies twice.

  Rule: A list holds each item once

    Scenario: Edith enters the same item again
      Given Edith has started a list with "Buy wellies"
      When Edith tries to add "Buy wellies" to "Buy wellies" again
      Then Edith is told "You've already got this in your list"
      And Edith finds on "Buy wellies"
        | item           |
        | 1: Buy wellies |

    Scenario: Another list may hold the same item
      Given Edith has started a list with "Buy wellies"
      And Edith has started a list with "Pack for the festival"
      When Edith adds "Buy wellies" to "Pack for the festival"
      Then Edith finds on "Pack for the festival"
        | item                     |
        | 1: Pack for the festival |
        | 2: Buy wellies           |

  Rule: A complaint lasts no longer than its cause

    Scenario: The complaint goes as Edith types on
      Given Edith has started a list with "Banish boredom"
      And Edith has tried to add "Banish boredom" to "Banish boredom" again
      When Edith types something else
      Then Edith sees no complaint
