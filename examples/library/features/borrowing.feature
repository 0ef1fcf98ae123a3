Feature: Borrowing a book

  The library has one copy of each book, and no librarian in the evening.
  Readers see what is on the shelf, and take it home by themselves.

  Background:
    Given the library has "Emma" and "Walden"

  Rule: A book on the shelf is anyone's to take home

    Scenario: Rosa takes a book home
      Given Rosa is logged in
      When Rosa borrows "Emma"
      Then Rosa has "Emma" at home
      And Rosa sees that "Emma" is lent

    Scenario: Amir sees that a book is lent
      Given Rosa has borrowed "Middlemarch"
      When Amir looks at the shelf
      Then Amir sees that "Middlemarch" is lent
      And Amir sees that "Walden" is on the shelf

    Scenario: What Rosa has at home is none of Amir's books
      Given Rosa has borrowed "Middlemarch"
      And Amir is logged in
      When Amir borrows "Emma"
      Then Amir has "Emma" at home

    Scenario: Amir takes what Rosa brought back
      Given Rosa and Amir are logged in
      And Rosa has borrowed "Middlemarch"
      And Rosa has brought back "Middlemarch"
      When Amir borrows "Middlemarch"
      Then Amir has "Middlemarch" at home
      And Rosa has nothing at home

  Rule: Who comes second goes without

    Scenario: Two readers want one book
      Given Rosa and Amir are logged in
      And Amir looks at the shelf
      And Rosa has taken "Emma" home
      When Amir tries to borrow "Emma"
      Then Amir is told "Somebody was quicker: this book is lent."
      And Amir has nothing at home

  Rule: Nobody has more than three books at home

    Scenario: Rosa wants a fourth book
      Given Rosa is logged in
      And Rosa has borrowed three books
        | title        |
        | Middlemarch  |
        | Persuasion   |
        | Silas Marner |
      And Rosa looks at the shelf
      When Rosa tries to borrow "Emma"
      Then Rosa is told "You have 3 books already. Bring one back first."
      And Rosa sees that "Emma" is on the shelf
