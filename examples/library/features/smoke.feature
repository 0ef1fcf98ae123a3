@smoke
Feature: The library is open

  What can be seen of any library, without leaving a trace.

  Scenario: A visitor finds the shelf
    When Boris looks at the shelf
    Then Boris is offered to log in
