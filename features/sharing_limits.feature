Feature: Who can see a shared list

  Edith's street party is to be a surprise.
  Her list is for her and for those she has chosen, and for nobody else.

  Background:
    Given Edith is logged in
    And Edith has a list called "Hang the bunting"
    And Edith has a list called "Rent a barrel organ"
    And Edith has shared "Hang the bunting" with Onesiphorus

  Rule: Nobody else can see it

    Scenario: A stranger goes looking for the list
      Then Boris cannot find "Hang the bunting"

    Scenario: Someone else who is logged in goes looking for the list
      Given Francis is logged in
      Then Francis cannot find "Hang the bunting"

    Scenario: The friend goes looking for Edith's other list
      Given Onesiphorus is logged in
      Then Onesiphorus cannot find "Rent a barrel organ"

    Scenario: The refusal gives nobody away
      When Boris goes looking for "Hang the bunting"
      Then Boris reads nothing about Edith or Onesiphorus

    Scenario: A stranger writes a form of his own
      When Boris sends "Cancel it all" to "Hang the bunting" by a form of his own
      Then Edith finds on "Hang the bunting"
        | item                |
        | 1: Hang the bunting |

  Rule: Only Edith decides who helps

    Scenario: The friend cannot share it on
      Given Onesiphorus is logged in
      When Onesiphorus reads "Hang the bunting"
      Then Onesiphorus sees that "Hang the bunting" is Edith's
      And Onesiphorus is not offered to share it

    Scenario: Edith tries to share with herself
      When Edith tries to share "Hang the bunting" with Edith
      Then Edith is told "This is your own address: the list is yours already."

    Scenario: Edith has shared with Onesiphorus already
      When Edith tries to share "Hang the bunting" with Onesiphorus
      Then Edith is told "This list is already shared with them."

    Scenario: Edith mistypes her friend's address
      When Edith tries to share "Hang the bunting" with "onesiphorus@example"
      Then Edith is told "Enter an email address, such as your-friend@example.com."
