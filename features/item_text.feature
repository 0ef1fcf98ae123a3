Feature: Items just as they were typed

  Edith writes in any language, at any length, and now and then about code.
  What she typed is what she reads again, but for spaces around it.

  Rule: Superlists keeps every character

    Scenario Outline: Edith enters <what>
      When Edith starts a list with "<item>"
      Then Edith finds on "<item>"
        | item      |
        | 1: <item> |

      Examples:
        | what              | item                                            |
        | something Swedish | Köp påfågelsfjädrar 🦚 åt Zoë                   |
        | a bit of code     | <script>document.title  = 'peacock'</script>  & |
        | a quotation       | Watch "It's a Wonderful Life" again             |

    Scenario: Two items without a Latin letter are two
      Given Edith has started a list with "买孔雀羽毛"
      When Edith adds "做鱼饵" to "买孔雀羽毛"
      Then Edith finds on "买孔雀羽毛"
        | item          |
        | 1: 买孔雀羽毛 |
        | 2: 做鱼饵     |

    Scenario: Edith enters a very long item
      When Edith starts a list with a word of 5000 letters
      Then Edith sees all 5000 letters

  Rule: Spaces around an item are dropped

    Scenario: Edith enters an item with spaces around it
      When Edith starts a list with "Buy peacock feathers", with spaces around it
      Then Edith finds on "Buy peacock feathers"
        | item                    |
        | 1: Buy peacock feathers |
