# language: fr
Fonctionnalité: Partager une liste

  Camille prépare la fête du quartier et ne peut pas tout faire seule.
  Elle partage sa liste pour qu'un ami puisse l'aider.

  Contexte:
    Étant donné que Camille est connectée
    Et que Camille a une liste appelée "Accrocher les fanions"

  Règle: L'ami avec qui la liste est partagée peut aider

    Scénario: L'ami ajoute ce que Camille a oublié
      Étant donné que Camille a partagé "Accrocher les fanions" avec Thomas
      Et que Thomas est connecté
      Quand Thomas ajoute "Emprunter une échelle" à "Accrocher les fanions"
      Alors Camille voit "Emprunter une échelle" dans "Accrocher les fanions"

  Règle: Personne d'autre ne peut la voir

    Scénario: Une inconnue cherche la liste
      Alors Juliette ne trouve pas "Accrocher les fanions"
