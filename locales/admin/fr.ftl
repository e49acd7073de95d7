# As en.ftl.


## The frame

admin-nav-events = Événements
admin-nav-members = Membres
admin-nav-tokens = Jetons d’API
admin-nav-audit = Journal des modifications
admin-nav-event = Cet événement
admin-switch = Changer d’organisation
admin-sign-out = Se déconnecter
admin-in-shop = Voir dans la boutique
admin-back = Retour
admin-more = Plus
admin-home = Vers vos événements

## Signing in

sign-in-heading = Se connecter
sign-in-lead = Pour les organisateurs et le personnel d’accueil. Aucun compte n’est nécessaire pour acheter des billets.
sign-in-button = Se connecter
sign-in-wrong = L’adresse e-mail ou le mot de passe est incorrect.
sign-in-forgotten = Mot de passe oublié ? La personne qui gère ce serveur peut créer un lien pour en choisir un nouveau.
sign-in-code-heading = Encore une étape
sign-in-code-lead = Saisissez les six chiffres affichés par votre application d’authentification.
sign-in-code-lost = Téléphone perdu ? La personne qui gère ce serveur peut créer un lien pour vous redonner accès.

## Invitations

invitation-heading = Invitation
invitation-to = Vous êtes invité à rejoindre { $organisation }
invitation-as = Votre rôle : { $role }.
invitation-accept = Créer mon compte
invitation-accept-as = Rejoindre en tant que { $email }
invitation-sign-in = Il existe un compte pour { $email }. Connectez-vous et vous reviendrez ici.
invitation-another = L’invitation est pour quelqu’un d’autre : vous êtes connecté en tant que { $email }. Déconnectez-vous, puis ouvrez à nouveau le lien.
invitation-gone = Ce lien n’est plus valable
invitation-gone-lead = Un lien est valable une seule fois, pendant sept jours. Demandez-en un nouveau.
reset-heading = Choisir un nouveau mot de passe
reset-lead = Pour { $email }. Toutes les sessions prennent fin et le second facteur est désactivé.

## The account

account-heading = Votre compte
account-password = Mot de passe
account-present-password = Mot de passe actuel
account-new-password = Nouveau mot de passe
account-name-missing = Indiquez votre nom.
account-email-taken = Il existe un compte avec cette adresse. Connectez-vous, puis ouvrez à nouveau le lien.
password-heading = Mot de passe
password-hint = Au moins 12 caractères. C’est la longueur qui compte, pas le type de caractères.
password-too-short = Un mot de passe comporte au moins 12 caractères.
password-too-long = Un mot de passe comporte au plus 1 024 octets.
password-is-email = Le mot de passe ne doit pas être l’adresse e-mail.
password-wrong = Ce n’est pas votre mot de passe actuel.
password-change = Changer le mot de passe
password-ends-sessions = Vous restez connecté ici et êtes déconnecté partout ailleurs.
second-factor-heading = Second facteur
second-factor-is-on = Activé
second-factor-lead = La connexion demande alors aussi six chiffres d’une application sur votre téléphone. Un mot de passe volé ne suffit plus.
second-factor-scan = Scannez ce code avec votre application d’authentification, puis saisissez les six chiffres affichés.
second-factor-qr = Code QR pour l’application d’authentification
second-factor-type = Ou saisissez cette clé dans l’application :
second-factor-code = Six chiffres de l’application
second-factor-wrong = Ces chiffres sont faux ou ont déjà servi. Prenez ceux que l’application affiche maintenant.
second-factor-turn-on = Activer
second-factor-turn-off = Désactiver
sessions-heading = Où vous êtes connecté
sessions-this = Ce navigateur
sessions-last-used = Dernière utilisation : { $slot } UTC
sessions-end = Terminer

## Organisations and events

organisations-heading = Pour qui travaillez-vous maintenant ?
organisations-none = Vous n’êtes membre d’aucune organisation. Demandez une invitation à un propriétaire.
organisations-choose = Travailler ici
admin-events-when = Quels événements
admin-events-to-come = À venir
admin-events-past = Passés
admin-events-none = Il n’y a pas encore d’événement ici.
admin-events-event = Événement
admin-events-starts = Début
admin-events-place = Lieu
admin-events-tickets = Billets

## Members

role-owner = Propriétaire
    .may = fait tout et décide qui d’autre fait quoi
role-manager = Gestionnaire
    .may = fait tout, sauf gérer les membres
role-finance = Finances
    .may = lit et exporte tout, ne modifie rien
role-scanner = Contrôle d’accès
    .may = fait entrer le public, ne voit rien d’autre
members-role = Rôle
members-role-of = Rôle de { $name }
members-role-missing = Choisissez un rôle.
members-last-seen = Dernière visite (UTC)
members-you = Vous
members-change = Modifier
members-remove = Retirer
members-remove-sure = { $name } perd l’accès immédiatement.
members-last-owner = Une organisation garde un propriétaire. Nommez d’abord un autre propriétaire.
members-is-member = Cette personne est déjà membre.
members-too-many = Trop d’invitations sont ouvertes. Retirez-en d’abord quelques-unes.
members-invite = Inviter quelqu’un
members-invite-button = Créer un lien
members-invited = L’invitation est prête
members-invited-lead = Envoyez ce lien à { $email }. Il n’est affiché que cette fois et sert une seule fois, pendant sept jours.
invitations-open = Invitations ouvertes
invitations-until = jusqu’au { $slot } UTC
invitations-withdraw = Retirer

## API tokens

tokens-lead = Les programmes qui agissent pour cette organisation présentent un jeton. Chacun voit ce que ses droits permettent, et rien des autres organisations.
tokens-none = Il n’y a pas de jeton.
tokens-name = Qui ou quoi l’utilise
tokens-name-wrong = De 1 à 200 caractères imprimables.
tokens-scopes = Droits
tokens-scopes-missing = Choisissez-en au moins un.
tokens-last-used = Dernière utilisation (UTC)
tokens-expires = Valable jusqu’au (UTC)
tokens-days = Nombre de jours de validité
tokens-days-wrong = De 1 à 3 650 jours.
tokens-make = Créer un jeton
tokens-make-button = Créer
tokens-made = Le jeton est prêt
tokens-made-lead = Pour { $name }. Copiez-le maintenant : il n’est affiché que cette fois.
tokens-revoke = Révoquer
tokens-revoked = Révoqué
tokens-expired = Expiré

## The audit trail

audit-lead = Qui a fait quoi, quand, et ce qu’il y avait avant. Les entrées ne changent jamais. Heures en UTC.
audit-none = Rien n’a encore été modifié.
audit-older = Plus anciennes
audit-newest = Aux plus récentes
audit-by-organiser = membre
audit-by-token = jeton d’API
audit-by-operator = exploitant
audit-by-system = serveur
audit-organisation-added = Organisation créée
audit-member-added = Membre ajouté
audit-member-invited = Membre invité
audit-member-joined = Membre arrivé
audit-member-role-changed = Rôle modifié
audit-member-removed = Membre retiré
audit-invitation-withdrawn = Invitation retirée
audit-password-changed = Mot de passe modifié
audit-second-factor-on = Second facteur activé
audit-second-factor-off = Second facteur désactivé
audit-token-made = Jeton d’API créé
audit-token-revoked = Jeton d’API révoqué
audit-buyer-forgotten = Acheteur oublié
audit-organiser-disabled = Compte bloqué
audit-organiser-enabled = Compte débloqué
audit-password-reset = Mot de passe réinitialisé

## What was just done

done-welcome = Bienvenue.
done-signed-out = Vous êtes déconnecté.
done-password-changed = Le mot de passe est modifié. Toutes les autres sessions ont pris fin.
done-second-factor-on = Le second facteur est activé.
done-second-factor-off = Le second facteur est désactivé.
done-session-ended = La session a pris fin.
done-role-changed = Le rôle est modifié.
done-member-removed = Le membre est retiré.
done-invitation-withdrawn = L’invitation est retirée.
done-token-revoked = Le jeton est révoqué. Chaque serveur le refuse dans les cinq secondes.

## Problems

problem-many-sign-ins = Nombre de connexions limité par tranche de { $window } secondes. Réessayez dans { $seconds } secondes.
problem-role = Votre rôle ne le permet pas. Un propriétaire de l’organisation peut le modifier.
problem-signed-out = Connectez-vous d’abord côté organisateur.
role-forbidden = Votre rôle ne le permet pas
    .assurance = Rien n’a été modifié.
    .advice = Demandez un autre rôle à un propriétaire de l’organisation.
admin-not-found = Il n’y a rien ici
    .assurance = Cela n’existe pas, ou appartient à une autre organisation.
    .advice = Vérifiez l’adresse ou repartez de vos événements.
