Feature: Sharing a list

  Edith is planning a street party and cannot do it all alone.
  She shares her list so that a friend can help.

  Background:
    Given Edith is logged in
    And Edith has a list called "Hang the bunting"
    And Edith has a list called "Rent a barrel organ"
    And Francis has a list called "Mow the lawn"

  Rule: A friend the list is shared with can help

    Scenario: The friend finds the list
      Given Onesiphorus is logged in
      When Edith shares "Hang the bunting" with Onesiphorus
      Then Onesiphorus finds among the lists shared with him
        | name             | who   |
        | Hang the bunting | Edith |

    Scenario: The friend finds the lists of two people, the newest first
      Given Francis has shared "Mow the lawn" with Onesiphorus
      And Edith has shared "Hang the bunting" with Onesiphorus
      And Onesiphorus is logged in
      When Onesiphorus looks at his lists
      Then Onesiphorus finds among the lists shared with him
        | name             | who     |
        | Mow the lawn     | Francis |
        | Hang the bunting | Edith   |

    Scenario: The friend is given a second list
      Given Edith has shared "Hang the bunting" with Onesiphorus
      And Onesiphorus is logged in
      When Edith shares "Rent a barrel organ" with Onesiphorus
      Then Onesiphorus finds among the lists shared with him
        | name                | who   |
        | Rent a barrel organ | Edith |
        | Hang the bunting    | Edith |

    Scenario: The friend adds what Edith forgot
      Given Edith has shared "Hang the bunting" with Onesiphorus
      And Onesiphorus is logged in
      When Onesiphorus adds "Borrow a ladder" to "Hang the bunting"
      Then Edith finds on "Hang the bunting"
        | item                |
        | 1: Hang the bunting |
        | 2: Borrow a ladder  |

    Scenario: Two people add to a list that both have open
      Given Edith has shared "Hang the bunting" with Onesiphorus
      And Onesiphorus is logged in
      When Edith and Onesiphorus each add to "Hang the bunting"
        | who         | item            |
        | Onesiphorus | Borrow a ladder |
        | Edith       | Book the band   |
      Then Edith and Onesiphorus both find on "Hang the bunting"
        | item                |
        | 1: Hang the bunting |
        | 2: Borrow a ladder  |
        | 3: Book the band    |

  Rule: An address is all that Edith needs of a friend

    Scenario: Edith shares with someone who was never here
      When Edith shares "Hang the bunting" with Onesiphorus
      Then Edith sees that "Hang the bunting" is shared with
        | who         |
        | Onesiphorus |

    Scenario: The friend has never been here before
      Given Edith has shared "Hang the bunting" with Onesiphorus
      When Onesiphorus logs in for the first time
      Then Onesiphorus finds among the lists shared with him
        | name             | who   |
        | Hang the bunting | Edith |

    Scenario: Edith types the address in capitals
      Given Onesiphorus is logged in
      When Edith shares "Hang the bunting" with Onesiphorus, typed in capitals
      Then Onesiphorus finds among the lists shared with him
        | name             | who   |
        | Hang the bunting | Edith |

    Scenario: A second friend joins the first
      Given Edith has shared "Hang the bunting" with Onesiphorus
      When Edith shares "Hang the bunting" with Francis
      Then Edith sees that "Hang the bunting" is shared with
        | who         |
        | Onesiphorus |
        | Francis     |

  Rule: A friend need not stay

    Scenario: The friend leaves the list to the others
      Given Edith has shared "Hang the bunting" with Onesiphorus
      And Edith has shared "Hang the bunting" with Francis
      And Onesiphorus is logged in
      When Onesiphorus leaves "Hang the bunting"
      Then Onesiphorus cannot find "Hang the bunting"
      And Edith sees that "Hang the bunting" is shared with
        | who     |
        | Francis |
