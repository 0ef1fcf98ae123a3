Feature: Finding one's lists again

  Edith keeps several lists and cannot remember their addresses.
  Once logged in, she finds them all under "My lists".

  Background:
    Given Edith is logged in
    And Edith has a list called "Count cows"
    And Edith has a list called "Reticulate splines"
    And Francis has a list called "Feed the cat"

  Rule: A person's lists are listed by their first item, the newest first

    Scenario: Edith looks for her lists
      When Edith looks at her lists
      Then Edith sees among her lists
        | name               |
        | Reticulate splines |
        | Count cows         |

    Scenario: Francis looks for his
      Given Francis is logged in
      When Francis looks at his lists
      Then Francis sees among his lists
        | name         |
        | Feed the cat |

    Scenario: Edith opens the older list
      Given Edith is looking at her lists
      When Edith opens "Count cows"
      Then Edith is reading "Count cows"

    Scenario: A list that Francis starts joins his own
      Given Francis is logged in
      When Francis starts a list with "Water the ferns"
      Then Francis finds among his lists
        | name            |
        | Water the ferns |
        | Feed the cat    |

    Scenario: A list of several things goes by the first
      Given Edith has a list called "Paint the fence", which goes on with
        | item            |
        | Ask for brushes |
      When Edith looks at her lists
      Then Edith sees among her lists
        | name               |
        | Paint the fence    |
        | Reticulate splines |
        | Count cows         |

    Scenario: A name reads just as it was typed
      Given Edith has a list called "Tell <b>Tom</b> & Jerry"
      And Edith is looking at her lists
      When Edith opens "Tell <b>Tom</b> & Jerry"
      Then Edith is reading "Tell <b>Tom</b> & Jerry"

    Scenario: Onesiphorus comes for the first time
      Given Onesiphorus is logged in
      When Onesiphorus looks at his lists
      Then Onesiphorus is told that he has no lists yet

  Rule: The lists are for those who are logged in

    Scenario: Edith logs out
      Given Edith is looking at her lists
      When Edith logs out
      Then Edith is no longer offered her lists
      And Edith cannot find "Count cows"

    Scenario: Boris comes without being logged in
      When Boris tries to look at his lists
      Then Boris is asked to log in

    Scenario: Edith goes back after logging out
      Given Edith has looked at her lists and logged out
      When Edith goes back
      Then Edith is asked to log in

    Scenario: Boris has a copy of what Edith's browser remembers
      Given Boris gets in with a copy of what Edith's browser remembers
      When Edith logs out
      Then Boris is no longer logged in
