Feature: Starting a list at once

  Edith has heard of a site where a list begins the moment one types.
  No account stands between her and the first thing she has to do.

  Rule: A list begins with its first item

    Scenario: Edith is invited to begin
      When Edith visits Superlists
      Then Edith learns that it is about "To-Do" lists
      And Edith is invited to "Enter a to-do item"

    Scenario: The first item starts a list with an address of its own
      When Edith starts a list with "Buy peacock feathers"
      Then Edith finds on "Buy peacock feathers"
        | item                    |
        | 1: Buy peacock feathers |

    Scenario: Items stand in the order they were added
      Given Edith has started a list with "Buy peacock feathers"
      When Edith adds "Ask how to tie a fly" to "Buy peacock feathers"
      Then Edith finds on "Buy peacock feathers"
        | item                    |
        | 1: Buy peacock feathers |
        | 2: Ask how to tie a fly |

    Scenario: Edith goes on typing
      Given Edith has started a list with "Buy peacock feathers"
      When Edith adds "Ask how to tie a fly" to "Buy peacock feathers"
      Then Edith can type the next item at once
