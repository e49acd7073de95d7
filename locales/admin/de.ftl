# As en.ftl.


## The frame

admin-nav-events = Veranstaltungen
admin-nav-members = Mitglieder
admin-nav-tokens = API-Token
admin-nav-audit = Änderungsprotokoll
admin-nav-event = Diese Veranstaltung
admin-switch = Organisation wechseln
admin-sign-out = Abmelden
admin-in-shop = Im Shop ansehen
admin-back = Zurück
admin-more = Mehr
admin-home = Zu Ihren Veranstaltungen

## Signing in

sign-in-heading = Anmelden
sign-in-lead = Für Veranstalter und das Personal am Einlass. Wer Tickets kauft, braucht kein Konto.
sign-in-button = Anmelden
sign-in-wrong = Die E-Mail-Adresse oder das Passwort ist falsch.
sign-in-forgotten = Passwort vergessen? Wer diesen Server betreibt, kann einen Link für ein neues Passwort erstellen.
sign-in-code-heading = Noch ein Schritt
sign-in-code-lead = Geben Sie die sechs Ziffern ein, die Ihre Authentifizierungs-App jetzt zeigt.
sign-in-code-lost = Telefon verloren? Wer diesen Server betreibt, kann einen Link erstellen, der Sie wieder hereinlässt.

## Invitations

invitation-heading = Einladung
invitation-to = Sie sind zu { $organisation } eingeladen
invitation-as = Ihre Rolle: { $role }.
invitation-accept = Konto anlegen
invitation-accept-as = Als { $email } beitreten
invitation-sign-in = Für { $email } gibt es ein Konto. Melden Sie sich an, dann kommen Sie hierher zurück.
invitation-another = Die Einladung ist für jemand anderen: Sie sind als { $email } angemeldet. Melden Sie sich ab und öffnen Sie den Link erneut.
invitation-gone = Dieser Link gilt nicht mehr
invitation-gone-lead = Links gelten einmal und sieben Tage lang. Bitten Sie um einen neuen.
reset-heading = Neues Passwort setzen
reset-lead = Für { $email }. Alle Sitzungen enden, und der zweite Faktor wird ausgeschaltet.

## The account

account-heading = Ihr Konto
account-password = Passwort
account-present-password = Bisheriges Passwort
account-new-password = Neues Passwort
account-name-missing = Sagen Sie, wie Sie heißen.
account-email-taken = Zu dieser Adresse gibt es ein Konto. Melden Sie sich an und öffnen Sie den Link erneut.
password-heading = Passwort
password-hint = Mindestens 12 Zeichen. Es zählt die Länge, nicht welche Zeichen es sind.
password-too-short = Ein Passwort hat mindestens 12 Zeichen.
password-too-long = Ein Passwort hat höchstens 1.024 Byte.
password-is-email = Das Passwort darf nicht die E-Mail-Adresse sein.
password-wrong = Das ist nicht Ihr bisheriges Passwort.
password-change = Passwort ändern
password-ends-sessions = Hier bleiben Sie angemeldet, überall sonst werden Sie abgemeldet.
second-factor-heading = Zweiter Faktor
second-factor-is-on = Ein
second-factor-lead = Zum Anmelden gehören dann auch sechs Ziffern aus einer App auf Ihrem Telefon. Ein gestohlenes Passwort allein öffnet nichts.
second-factor-scan = Scannen Sie diesen Code mit Ihrer Authentifizierungs-App und geben Sie die sechs Ziffern ein, die sie zeigt.
second-factor-qr = QR-Code für die Authentifizierungs-App
second-factor-type = Oder geben Sie diesen Schlüssel in die App ein:
second-factor-code = Sechs Ziffern aus der App
second-factor-wrong = Diese Ziffern sind falsch oder wurden schon benutzt. Nehmen Sie die, die die App jetzt zeigt.
second-factor-turn-on = Einschalten
second-factor-turn-off = Ausschalten
sessions-heading = Wo Sie angemeldet sind
sessions-this = Dieser Browser
sessions-last-used = Zuletzt benutzt: { $slot } UTC
sessions-end = Beenden

## Organisations and events

organisations-heading = Für wen arbeiten Sie jetzt?
organisations-none = Sie sind in keiner Organisation Mitglied. Bitten Sie einen Inhaber um eine Einladung.
organisations-choose = Hier arbeiten
admin-events-when = Welche Veranstaltungen
admin-events-to-come = Kommende
admin-events-past = Vergangene
admin-events-none = Hier gibt es noch keine Veranstaltungen.
admin-events-event = Veranstaltung
admin-events-starts = Beginn
admin-events-place = Ort
admin-events-tickets = Tickets

## Members

role-owner = Inhaber
    .may = darf alles und bestimmt, wer sonst was darf
role-manager = Manager
    .may = darf alles außer der Mitgliederverwaltung
role-finance = Finanzen
    .may = liest und exportiert alles, ändert nichts
role-scanner = Einlass
    .may = lässt Gäste ein, sieht sonst nichts
members-role = Rolle
members-role-of = Rolle von { $name }
members-role-missing = Wählen Sie eine Rolle.
members-last-seen = Zuletzt hier (UTC)
members-you = Sie
members-change = Ändern
members-remove = Entfernen
members-remove-sure = { $name } hat sofort keinen Zugang mehr.
members-last-owner = Eine Organisation behält einen Inhaber. Machen Sie zuerst jemand anderen zum Inhaber.
members-is-member = Diese Person ist schon Mitglied.
members-too-many = Zu viele Einladungen sind offen. Ziehen Sie zuerst einige zurück.
members-invite = Jemanden einladen
members-invite-button = Link erstellen
members-invited = Die Einladung ist fertig
members-invited-lead = Schicken Sie diesen Link an { $email }. Er wird nur jetzt gezeigt und gilt einmal, sieben Tage lang.
invitations-open = Offene Einladungen
invitations-until = bis { $slot } UTC
invitations-withdraw = Zurückziehen

## API tokens

tokens-lead = Programme, die für diese Organisation handeln, zeigen ein Token. Jedes darf, was seine Rechte sagen, und sieht nichts von anderen Organisationen.
tokens-none = Es gibt keine Token.
tokens-name = Wer oder was es benutzt
tokens-name-wrong = 1 bis 200 druckbare Zeichen.
tokens-scopes = Rechte
tokens-scopes-missing = Wählen Sie mindestens eines.
tokens-last-used = Zuletzt benutzt (UTC)
tokens-expires = Gültig bis (UTC)
tokens-days = Tage, die es gilt
tokens-days-wrong = 1 bis 3.650 Tage.
tokens-make = Token erstellen
tokens-make-button = Erstellen
tokens-made = Das Token ist fertig
tokens-made-lead = Für { $name }. Kopieren Sie es jetzt: Es wird nur dieses eine Mal gezeigt.
tokens-revoke = Widerrufen
tokens-revoked = Widerrufen
tokens-expired = Abgelaufen

## The audit trail

audit-lead = Wer was wann getan hat und wie es vorher war. Einträge werden nie geändert. Zeiten sind UTC.
audit-none = Es wurde noch nichts geändert.
audit-older = Ältere
audit-newest = Zu den neuesten
audit-by-organiser = Mitglied
audit-by-token = API-Token
audit-by-operator = Betreiber
audit-by-system = Server
audit-organisation-added = Organisation angelegt
audit-member-added = Mitglied hinzugefügt
audit-member-invited = Mitglied eingeladen
audit-member-joined = Mitglied beigetreten
audit-member-role-changed = Rolle geändert
audit-member-removed = Mitglied entfernt
audit-invitation-withdrawn = Einladung zurückgezogen
audit-password-changed = Passwort geändert
audit-second-factor-on = Zweiter Faktor eingeschaltet
audit-second-factor-off = Zweiter Faktor ausgeschaltet
audit-token-made = API-Token erstellt
audit-token-revoked = API-Token widerrufen
audit-buyer-forgotten = Käufer vergessen
audit-organiser-disabled = Konto gesperrt
audit-organiser-enabled = Konto wieder freigegeben
audit-password-reset = Passwort zurückgesetzt

## What was just done

done-welcome = Willkommen.
done-signed-out = Sie sind abgemeldet.
done-password-changed = Das Passwort ist geändert. Alle anderen Sitzungen sind beendet.
done-second-factor-on = Der zweite Faktor ist eingeschaltet.
done-second-factor-off = Der zweite Faktor ist ausgeschaltet.
done-session-ended = Die Sitzung ist beendet.
done-role-changed = Die Rolle ist geändert.
done-member-removed = Das Mitglied ist entfernt.
done-invitation-withdrawn = Die Einladung ist zurückgezogen.
done-token-revoked = Das Token ist widerrufen. Jeder Server weist es innerhalb von fünf Sekunden ab.

## Problems

problem-many-sign-ins = Nur eine begrenzte Zahl von Anmeldungen innerhalb von { $window } Sekunden. Versuchen Sie es in { $seconds } Sekunden erneut.
problem-role = Ihre Rolle erlaubt das nicht. Ein Inhaber der Organisation kann sie ändern.
problem-signed-out = Melden Sie sich zuerst auf den Seiten der Veranstalter an.
role-forbidden = Ihre Rolle erlaubt das nicht
    .assurance = Es wurde nichts geändert.
    .advice = Bitten Sie einen Inhaber der Organisation um eine andere Rolle.
admin-not-found = Hier ist nichts
    .assurance = Es existiert nicht oder gehört einer anderen Organisation.
    .advice = Prüfen Sie die Adresse oder beginnen Sie bei Ihren Veranstaltungen.
