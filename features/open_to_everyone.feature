Feature: A site for everyone

  Some of Edith's friends hear the site read aloud, some use a keyboard alone, some need large letters.
  None of them should be shut out of any part of Superlists.

  Background:
    Given Edith is logged in
    And Edith has a list called "Hang the bunting"
    And Edith has shared "Hang the bunting" with Onesiphorus

  Rule: Nobody is shut out

    Scenario: Whoever comes to Superlists can begin
      Then nobody is shut out of what Boris finds
        | place                    |
        | the start                |
        | where one logs in        |
        | a link that is refused   |
        | a list that is not there |

    Scenario: Whoever is logged in can work together
      Then nobody is shut out of what Edith finds
        | place            |
        | the start        |
        | her lists        |
        | Hang the bunting |

    Scenario: A complaint reaches everybody
      When Edith tries to add "Hang the bunting" to "Hang the bunting" again
      Then nobody is shut out of what Edith sees

    Scenario: The answer to a request for a link shuts nobody out
      When Boris asks for a login link
      Then nobody is shut out of what Boris sees

  Rule: Whoever moves by keyboard sees where they are

    Scenario: Boris and Edith move by the Tab key
      Given Edith has added "Borrow a ladder" to "Hang the bunting"
      Then Boris can see each stop of the Tab key
        | place                    |
        | the start                |
        | a link that is refused   |
        | a list that is not there |
      And Edith can see each stop of the Tab key
        | place            |
        | her lists        |
        | Hang the bunting |
      And Edith comes back to the top of "Hang the bunting"
