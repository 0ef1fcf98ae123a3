Feature: Sharing a list

  Edith is planning a street party and cannot do it all alone.
  She shares her list so that a friend can help.

  Background:
    Given Edith is logged in
    And Edith has a list called "Hang the bunting"

  Rule: A friend the list is shared with can help

    Scenario: The friend finds the list
      Given Onesiphorus is logged in
      When Edith shares "Hang the bunting" with Onesiphorus
      Then Onesiphorus finds "Hang the bunting" among the lists shared with him

    Scenario: The friend adds what Edith forgot
      Given Edith has shared "Hang the bunting" with Onesiphorus
      And Onesiphorus is logged in
      When Onesiphorus adds "Borrow a ladder" to "Hang the bunting"
      Then Edith sees "Borrow a ladder" on "Hang the bunting"

    Scenario: The friend has never been here before
      Given Edith has shared "Hang the bunting" with Onesiphorus
      When Onesiphorus logs in for the first time
      Then Onesiphorus finds "Hang the bunting" among the lists shared with him

    Scenario: Two people use the list at the same time
      Given Edith has shared "Hang the bunting" with Onesiphorus
      And Onesiphorus is logged in
      When Edith and Onesiphorus each add to "Hang the bunting"
        | who         | item             |
        | Edith       | Book the band    |
        | Onesiphorus | Borrow a ladder  |
        | Edith       | Order the cake   |
        | Onesiphorus | Ask the fire men |
      Then both find on "Hang the bunting"
        | item                |
        | 1: Hang the bunting |
        | 2: Book the band    |
        | 3: Borrow a ladder  |
        | 4: Order the cake   |
        | 5: Ask the fire men |
