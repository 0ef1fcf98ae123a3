Feature: Who can see a shared list

  Edith's street party is to be a surprise.
  Her list is for her and for those she has chosen, and for nobody else.

  Background:
    Given Edith is logged in
    And Edith has a list called "Hang the bunting"

  Rule: Nobody else can see it

    Scenario: A stranger goes looking for the list
      Then Boris cannot find "Hang the bunting"

    Scenario: Someone else who is logged in goes looking for the list
      Given Boris is logged in
      Then Boris cannot find "Hang the bunting"

  Rule: Only Edith decides who helps

    Scenario: The friend cannot share it on
      Given Edith has shared "Hang the bunting" with Onesiphorus
      And Onesiphorus is logged in
      When Onesiphorus reads "Hang the bunting"
      Then Onesiphorus sees that "Hang the bunting" is Edith's
      And Onesiphorus is not offered to share it

    Scenario: Edith tries to share with herself
      When Edith tries to share "Hang the bunting" with Edith
      Then Edith is told "This is your own address: the list is yours already."
