@smoke
Feature: The library is open

  Whoever runs the library wants to know whether it serves its readers.
  What can be seen of any library tells that, without leaving a trace.

  Rule: A visitor can look around

    Scenario: A visitor finds the shelf
      When Boris looks at the shelf
      Then Boris is offered to log in
