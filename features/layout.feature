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

    Scenario: Boris has everything in sight on his phone
      Given Boris's window is 360 by 640
      Then Boris has all of this in sight
        | place                    |
        | the start                |
        | where one logs in        |
        | a link that is refused   |
        | a list that is not there |

    Scenario: Edith has everything in sight on her phone
      Given Edith is logged in
      And Edith has a list called "Read the Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
      And Edith has shared "Read the Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" with Onesiphorus
      And Edith's window is 360 by 640
      Then Edith has all of this in sight
        | place                                                                    |
        | the start                                                                |
        | her lists                                                                |
        | Read the Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz |
