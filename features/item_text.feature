Feature: Items just as they were typed

  Edith writes in any language, at any length, and now and then about code.
  What she typed is what she reads again.

  Rule: Superlists keeps every character

    Scenario Outline: Edith enters <what>
      When Edith starts a list with "<item>"
      Then Edith sees "<item>" on "<item>"

      Examples:
        | what              | item                                            |
        | something Swedish | Köp påfågelsfjädrar 🦚 åt Zoë                   |
        | something Chinese | 买孔雀羽毛                                      |
        | a bit of code     | <script>document.title = 'peacock'</script> & b |

    Scenario: Edith enters a very long item
      When Edith starts a list with a word of 5000 letters
      Then Edith sees all 5000 letters
