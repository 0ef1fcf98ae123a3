Feature: Finding one's lists again

  Edith keeps several lists and cannot remember their addresses.
  Once logged in, she finds them all under "My lists".

  Background:
    Given Edith is logged in
    And Edith has a list called "Reticulate splines"
    And Edith has a list called "Count cows"

  Rule: A person's lists are listed by their first item, the newest first

    Scenario: Edith looks for her lists
      When Edith looks at her lists
      Then Edith finds among her lists
        | name               |
        | Count cows         |
        | Reticulate splines |

    Scenario: Edith opens the older list
      Given Edith is looking at her lists
      When Edith opens "Reticulate splines"
      Then Edith finds on "Reticulate splines"
        | item                  |
        | 1: Reticulate splines |

    Scenario: A list that Edith starts joins the others
      When Edith starts a list with "Water the ferns"
      Then Edith finds among her lists
        | name               |
        | Water the ferns    |
        | Count cows         |
        | Reticulate splines |

  Rule: The lists are for those who are logged in

    Scenario: Edith logs out
      When Edith logs out
      Then Edith is no longer offered her lists
      And Edith cannot find "Count cows"
