# The texts of the pages in German; en.ftl says what their variables stand for.

## What is around every page

language = Deutsch
skip-to-content = Zum Inhalt springen
nav-main = Hauptmenü
nav-events = Events
nav-bookings = Meine Buchungen
test-mode = Testbetrieb: Keine Karte wird belastet
footer-promise = Jedes Ticket wird nur einmal verkauft. Ohne bestätigte Buchung behalten wir kein Geld.
footer-languages = Sprachen

## The list of events

events-title = Kommende Veranstaltungen
events-heading = Was läuft und was noch zu haben ist
events-lead = Konzerte, Theater, Sport. Echte Plätze, echte Zahlen, keine Warteschlange.
events-found = Veranstaltungen zu „{ $words }“
search-label = Nach Veranstaltung, Künstler, Ort, Stadt oder Land suchen
search-placeholder = Event, Künstler, Stadt …
search-button = Suchen
events-none-announced = Zurzeit sind keine Veranstaltungen angekündigt
events-come-back = Schauen Sie bald wieder vorbei.
events-none-found = Nichts gefunden
events-search-again = Prüfen Sie die Schreibweise, oder versuchen Sie es mit weniger Wörtern.
events-all = Alle kommenden Veranstaltungen
events-from = ab { $slot }
events-pages = Seiten mit Veranstaltungen
events-first-page = Zurück zum Anfang
events-next-page = Weitere Veranstaltungen
events-opens = Verkauf ab { $date }
events-on-sale = Im Verkauf
events-some-held = Alle reserviert, vielleicht wieder frei
filters-heading = Filter
filters-show = Veranstaltungen zeigen
filters-clear = Alle zurücksetzen
filters-active = Aktive Filter
filters-remove = Filter „{ $filter }“ entfernen
filters-any = Alle
filters-city = Stadt
filters-country = Land
filters-genre = Art der Veranstaltung
filters-from = Von
filters-to = Bis
filters-price = Preis bis
filters-currency = Währung
chip-from = Ab { $date }
chip-to = Bis { $date }
chip-price = Bis { $amount }
chip-series = Eine Terminreihe
events-featured = Nicht verpassen
events-today = Heute
events-this-week = Diese Woche
events-this-weekend = Dieses Wochenende
events-next-week = Nächste Woche
events-fitting = Passende Veranstaltungen
events-not-exactly = Für „{ $words }“ gibt es keine genauen Treffer.
events-did-you-mean = Meinten Sie { $slot }?
events-none-fit = Keine Veranstaltung passt zu allen Filtern
events-drop-filters = Ohne Filter suchen
events-any-day = Alle Termine zeigen
events-other-days = Die nächsten anderen Termine
events-coming-up = Demnächst
events-without-filters = Ohne die Filter
genre-concert = Konzert
genre-classical = Klassik
genre-opera = Oper
genre-musical = Musical
genre-theatre = Theater
genre-dance = Tanz
genre-comedy = Comedy
genre-festival = Festival
genre-club = Clubnacht
genre-sport = Sport
genre-family = Familie
genre-talk = Vortrag
genre-film = Film
genre-exhibition = Ausstellung
genre-other = Sonstiges
counts-old =
    { $count ->
        [one] Der aktuelle Stand lässt sich gerade nicht abrufen: Diese Zahlen sind { $number } Minute alt.
       *[other] Der aktuelle Stand lässt sich gerade nicht abrufen: Diese Zahlen sind { $number } Minuten alt.
    }

## What is left of a tier

stock-open = Noch { $number } verfügbar
stock-few = Nur noch { $number }
stock-held = Alle von anderen reserviert, einige können wieder frei werden
stock-sold = Ausverkauft

## The page of an event

event-all-events = Alle Veranstaltungen
event-when = Wann
event-where = Wo
two-parts = { $first }, { $second }
event-date-time = { $date }, { $time } Uhr
# Said of the picture of an event to those who do not see it.
event-picture = Bild zu { $name }
event-over = Diese Veranstaltung hat begonnen
event-over-text = Der Verkauf ist beendet.
event-over-link = Sehen Sie, was sonst noch läuft.
event-soon = Der Verkauf hat noch nicht begonnen
event-soon-text = Verkaufsstart: { $slot }
event-opens-in = Verkaufsstart in
event-reload = Laden Sie diese Seite dann neu.
event-prices = Preise
facts-heading = Gut zu wissen
facts-genre = Art
facts-doors = Einlass
facts-start = Beginn
facts-end = Ende
facts-end-about = { $time } ({ $length })
length-hours = { $hours } Std.
length-minutes = { $minutes } Min.
length-both = { $hours } Std. { $minutes } Min.
facts-age = Alter
age-all = Für jedes Alter
age-from = Ab { $number } Jahren
facts-lineup = Mitwirkende
facts-address = Adresse
facts-map = Auf der Karte zeigen
facts-access = Barrierefreiheit
facts-organiser = Veranstalter
facts-refunds = Erstattung
facts-terms = Bedingungen des Veranstalters
facts-dates = Weitere Termine
facts-about = Über diese Veranstaltung
pay-terms = Erstattung und Bedingungen: { $slot }
pay-terms-link = auf der Seite der Veranstaltung lesen
access-step-free = Stufenloser Zugang
access-wheelchair-places = Rollstuhlplätze
access-accessible-toilet = Barrierefreies WC
access-accessible-parking = Behindertenparkplätze
access-hearing-loop = Induktive Höranlage
access-assistance-dogs = Assistenzhunde willkommen
access-sign-language = Gebärdensprache
access-captions = Übertitel
access-audio-description = Audiodeskription
access-relaxed = Entspannte Vorstellung
tier-numbered = Nummerierte Plätze
tier-general = Freie Platzwahl
tier-each = { $slot } pro Ticket
tier-choose-seats = Plätze selbst wählen
tier-choose-seats-of = Plätze selbst wählen ({ $tier })
tier-quantity = Anzahl der Tickets ({ $tier })
order-choose = Wählen Sie Ihre Tickets
order-summary = Ihre Bestellung
order-limit =
    { $count ->
        [one] Höchstens { $number } Ticket pro Buchung und { $buyer } pro Person.
       *[other] Höchstens { $number } Tickets pro Buchung und { $buyer } pro Person.
    }
order-promise = Während Sie bezahlen, sind Ihre Tickets reserviert; Ihre Karte wird erst belastet, wenn Sie auf „Bezahlen“ klicken.
order-total = Gesamt
order-book = Buchen
own-holds =
    { $count ->
        [one] Für diese Veranstaltung haben Sie schon { $number } Ticket reserviert
       *[other] Für diese Veranstaltung haben Sie schon { $number } Tickets reserviert
    }
own-holds-keep =
    { $count ->
        [one] Behalten und diese dazu buchen
       *[other] Behalten und diese dazu buchen
    }
own-holds-replace =
    { $count ->
        [one] Das reservierte Ticket zurückgeben und stattdessen diese nehmen
       *[other] Die { $number } reservierten Tickets zurückgeben und stattdessen diese nehmen
    }
order-choose-tickets = Tickets wählen
order-choose-more-seats =
    { $count ->
        [one] Noch { $number } Platz wählen
       *[other] Noch { $number } Plätze wählen
    }
order-best-seats = Wir suchen die besten Plätze nebeneinander, sofern Sie sie nicht selbst wählen.
order-all-sold = Alle Tickets sind verkauft.
order-all-held = Alle Tickets sind verkauft oder in der Bestellung anderer. Einige können in wenigen Minuten wieder frei werden.

## Seat maps

map-hint = Wählen Sie Ihre Plätze oder geben Sie oben eine Anzahl an, und wir suchen die besten nebeneinander.
map-sections = Reihen: { $tier }
map-section = Reihen { $rows }
map-free =
    { $count ->
       *[other] { $number } frei
    }
map-none-free = keine frei
map-title = Der Saal
map-label = Sitzplan des Saals als Zeichnung; die Platzlisten darüber zeigen dasselbe
map-how = Ziehen Sie, um sich umzusehen. Mit zwei Fingern, mit + oder durch Tippen auf eine dichte Stelle kommen Sie näher heran. Auf der Tastatur führen die Pfeiltasten von einem freien Platz zum nächsten, die Leertaste wählt.
map-stage = Bühne
map-stage-this-way = Zur Bühne ↑
map-legend-free = Frei
map-legend-yours = Ihre Wahl
map-legend-held = Von anderen reserviert
map-legend-sold = Verkauft
map-wheelchair = Rollstuhlplatz
map-companion = Begleitplatz daneben
map-list = Plätze { $tier } als Liste
map-other-rows = Andere Reihen
map-row = Reihe { $row }

## Why an order is refused

refused-seats-differ = Wählen Sie so viele Plätze wie Tickets
refused-seats-differ-text = Die Anzahl der Tickets und die der gewählten Plätze stimmen nicht überein. Es wurde nichts gebucht und nichts berechnet.
refused-seats-too-few =
    { $count ->
        [one] Sie haben { $tickets } und { $seats } gewählt: Wählen Sie noch { $number } Platz oder nur { $instead }.
       *[other] Sie haben { $tickets } und { $seats } gewählt: Wählen Sie noch { $number } Plätze oder nur { $instead }.
    }
refused-seats-too-many =
    { $count ->
        [one] Sie haben { $tickets } und { $seats } gewählt: Wählen Sie { $number } Platz ab oder erhöhen Sie auf { $instead }.
       *[other] Sie haben { $tickets } und { $seats } gewählt: Wählen Sie { $number } Plätze ab oder erhöhen Sie auf { $instead }.
    }
tickets =
    { $count ->
        [one] { $number } Ticket
       *[other] { $number } Tickets
    }
seats =
    { $count ->
        [one] { $number } Platz
       *[other] { $number } Plätze
    }
refused-over-limit = Das ist mehr, als eine Buchung umfassen kann
refused-over-limit-text =
    { $count ->
        [one] Eine Buchung kann höchstens { $number } Ticket umfassen; Sie haben { $asked } gewählt. Es wurde nichts gebucht.
       *[other] Eine Buchung kann höchstens { $number } Tickets umfassen; Sie haben { $asked } gewählt. Es wurde nichts gebucht.
    }
refused-empty = Noch keine Tickets gewählt
refused-empty-text = Wählen Sie, wie viele Tickets Sie möchten, und buchen Sie dann.
refused-invalid = Bitte prüfen Sie Ihre Bestellung
refused-invalid-text = Etwas darin lässt sich nicht buchen. Es wurde nichts gebucht und nichts berechnet.
refused-whole-number = Wählen Sie eine ganze Zahl von Tickets.
refused-sold-out = Es sind nicht mehr genug Tickets verfügbar
refused-sold-out-text = Es wurde nichts gebucht: Wir buchen nie nur einen Teil einer Bestellung. Wählen Sie aus dem, was noch verfügbar ist.
refused-none-left = Keine mehr verfügbar.
refused-only-left = Nur noch { $number } verfügbar.
refused-held = Diese Tickets sind von anderen reserviert
refused-held-text = Sie sind in der Bestellung anderer und können in wenigen Minuten wieder frei werden. Es wurde nichts gebucht; versuchen Sie es gleich noch einmal.
refused-held-tier = Zurzeit von anderen reserviert.
refused-some-held = Zurzeit sind nicht genug Tickets frei
refused-some-held-text = Die übrigen sind von anderen reserviert; einige können in wenigen Minuten wieder frei werden. Es wurde nichts gebucht: Wir buchen nie nur einen Teil einer Bestellung.
refused-only-free = Zurzeit nur { $number } frei.
refused-buyer-limit = Das ist mehr, als eine Person bekommen kann
refused-buyer-limit-none =
    { $count ->
        [one] Jede Person kann { $number } Ticket für diese Veranstaltung bekommen, und Sie haben es bereits. Es wurde nichts gebucht.
       *[other] Jede Person kann { $number } Tickets für diese Veranstaltung bekommen, und Sie haben sie bereits. Es wurde nichts gebucht.
    }
refused-buyer-limit-left =
    { $count ->
        [one] Jede Person kann { $number } Ticket für diese Veranstaltung bekommen; Sie können noch { $left } buchen. Es wurde nichts gebucht.
       *[other] Jede Person kann { $number } Tickets für diese Veranstaltung bekommen; Sie können noch { $left } buchen. Es wurde nichts gebucht.
    }
refused-nothing-booked = Es wurde nichts gebucht.
refused-too-early = Der Verkauf hat noch nicht begonnen
refused-over = Der Verkauf ist beendet
refused-over-text = Die Veranstaltung hat begonnen. Es wurde nichts gebucht.
refused-key-reused = Mit diesem Formular haben Sie bereits gebucht
refused-key-reused-text = Dieses Formular wurde schon mit einer anderen Auswahl abgeschickt, und jene Bestellung gilt. Schicken Sie es noch einmal ab, wenn Sie eine zweite möchten.
refused-key-reused-link = Meine Buchungen ansehen
refused-undecided = Noch ist nichts gebucht. Wählen Sie unten in Ihrer Bestellung, ob Sie diese Tickets dazu oder stattdessen möchten.
refused-hold-link = Reservierte behalten und bezahlen
refused-hold-kept = Ihre bisherige Reservierung besteht weiter.
refused-paid = Ihre bisherigen Tickets sind bezahlt
refused-paid-text = Sie haben sie bezahlt, oder Ihre Bank entscheidet gerade. Es wurde nichts geändert. Wenn Sie weitere Tickets möchten, buchen Sie noch einmal.
refused-paid-link = Diese Buchung ansehen
refused-busy = Bei uns ist gerade sehr viel los
refused-busy-text = Ihre Auswahl ist noch da. Buchen Sie gleich noch einmal: Dieselbe Bestellung wird nie doppelt gebucht.
refused-seats-gone = Einige Ihrer Plätze sind weg
refused-seats-gone-text = Jemand war einen Moment schneller. Es wurde nichts gebucht und nichts berechnet. Wählen Sie andere oder überlassen Sie uns die Wahl der besten Plätze nebeneinander.
refused-seats-offered = Jemand war einen Moment schneller. Es wurde nichts gebucht und nichts berechnet. Die nächstgelegenen freien Plätze sind für Sie angekreuzt: Buchen Sie diese, wählen Sie andere oder wählen Sie alle ab und überlassen Sie uns die Wahl.
refused-seats-few =
    { $count ->
        [one] Jemand war einen Moment schneller. Es wurde nichts gebucht und nichts berechnet. Sie haben { $wanted } Plätze gewählt, und nur { $number } ist jetzt frei: Er ist für Sie angekreuzt.
       *[other] Jemand war einen Moment schneller. Es wurde nichts gebucht und nichts berechnet. Sie haben { $wanted } Plätze gewählt, und nur { $number } sind jetzt frei: Diese sind für Sie angekreuzt.
    }
refused-just-taken = Gerade vergeben: { $seats }.
refused-ticked-instead = Stattdessen angekreuzt: { $seats }.

## A booking's states

state-pending = Zahlung ausstehend
state-confirmed = Bestätigt
state-failed = Zahlung fehlgeschlagen
state-expired = Abgelaufen
state-cancelled = Storniert
booking-title = { $state }: { $event }
steps = Ihre Buchung, Schritt für Schritt
step-choose = Tickets
step-pay = Angaben & Zahlung
step-done = Ihre Tickets

## A booking that is held

hold-heading =
    { $count ->
        [one] Ihr Ticket ist reserviert
       *[other] Ihre { $number } Tickets sind reserviert
    }
hold-lead =
    { $count ->
        [one] Sie haben bis { $slot } Zeit, es zu bezahlen. Ihre Karte wird erst belastet, wenn Sie auf „Bezahlen“ klicken.
       *[other] Sie haben bis { $slot } Zeit, sie zu bezahlen. Ihre Karte wird erst belastet, wenn Sie auf „Bezahlen“ klicken.
    }
hold-time-left = Verbleibende Zeit
bank-heading = Warten auf Ihre Bank
bank-lead = Die Zahlung liegt bei der Bank, die meist innerhalb einer Minute antwortet. Ihre Tickets bleiben einige Minuten reserviert. Diese Seite zeigt die Antwort von selbst an; Sie können sie auch schließen und später unter „Meine Buchungen“ nachsehen. Bezahlen Sie nicht noch einmal.
act-heading = Ihre Zahlung braucht noch einen Schritt
act-lead = Bestätigen Sie die Zahlung bei Ihrer Bank oder auf der Seite des Zahlungsdienstes. Es wurde noch nichts berechnet. Ihre Tickets bleiben bis { $slot } reserviert.
act-continue = Weiter und { $amount } bezahlen
act-other = Anders bezahlen
act-needs-script = Dieser Schritt braucht JavaScript. Ohne es können Sie anders bezahlen.
declined-abandoned = Die Zahlung wurde nicht abgeschlossen. Es wurde nichts berechnet. Ihre Tickets sind weiterhin bis { $time } reserviert: Wählen Sie, wie Sie bezahlen.
declined-unavailable = Der Zahlungsdienst antwortet gerade nicht. Es wurde nichts berechnet. Ihre Tickets bleiben bis { $time } reserviert: Versuchen Sie es noch einmal.
declined-refused = Der Zahlungsdienst hat die Zahlung nicht angenommen. Es wurde nichts berechnet. Ihre Tickets sind weiterhin reserviert: Versuchen Sie es noch einmal oder bezahlen Sie anders.
declined-authentication = Ihre Bank hat die Zahlung nicht bestätigt. Es wurde nichts berechnet. Ihre Tickets sind weiterhin reserviert: Versuchen Sie es noch einmal oder bezahlen Sie anders.
declined-heading = Die Zahlung ist fehlgeschlagen
declined-text = { $card }: { $why }. Es wurde nichts berechnet. Ihre Tickets sind weiterhin reserviert: Versuchen Sie es mit einer anderen Karte.
declined-text-online = { $why }. Es wurde nichts berechnet. Ihre Tickets sind weiterhin reserviert: Versuchen Sie es noch einmal oder bezahlen Sie anders.
declined-tries-left =
    { $count ->
        [one] Dies ist der letzte Versuch.
       *[other] Sie haben noch { $number } Versuche.
    }
pay-heading = Mit Karte bezahlen
pay-card-number = Kartennummer
pay-card-problem = Prüfen Sie die Kartennummer: Eine Ziffer scheint falsch zu sein oder zu fehlen. Es wurde nichts berechnet.
contact-legend = Wie erreichen wir Sie?
contact-hint = Falls dieser Browser Ihre Tickets verliert, öffnen Sie sie mit dieser E-Mail-Adresse und der Buchungsnummer wieder.
contact-name = Name
contact-email = E-Mail-Adresse
contact-optional = (freiwillig)
contact-name-problem = Dieser Name ist zu lang.
contact-email-problem = Prüfen Sie die E-Mail-Adresse: Ein Teil scheint zu fehlen. Es wurde nichts berechnet.
contact-name-missing = Der Veranstalter bittet um Ihren Namen. Es wurde nichts berechnet.
contact-email-missing = Der Veranstalter bittet um Ihre E-Mail-Adresse. Es wurde nichts berechnet.
pay-simulated = Zahlungen werden hier nur simuliert: Verwenden Sie eine Testkarte, nie eine echte.
pay-cancel = Es kommt etwas dazwischen? Bis zum Beginn der Veranstaltung können Sie stornieren und erhalten den vollen Betrag zurück.
pay-button = { $amount } bezahlen
pay-heading-any = Bezahlen
pay-opening = Das Zahlungsformular wird geöffnet …
pay-method-problem = Geben Sie an, wie Sie bezahlen möchten. Es wurde nichts berechnet.
pay-hosted-hint = Sie bezahlen auf einer Seite des Zahlungsdienstes und kommen danach hierher zurück.
pay-hosted-button = { $amount } auf der Seite des Zahlungsdienstes bezahlen
test-cards = Testkarten
test-card-number = Nummer
test-card-does = Was geschieht
test-card-succeeds = Wird angenommen
test-card-declined = Wird abgelehnt
test-card-insufficient = Ist nicht gedeckt
test-card-error = Kann gerade nicht verarbeitet werden
test-card-asks = Bittet um Bestätigung (3-D Secure)
test-card-later = Antwortet später
give-back = Tickets zurückgeben
give-back-text = Sie gehen sofort wieder in den Verkauf, und jemand anderes kann sie kaufen.
give-back-button =
    { $count ->
        [one] Ticket zurückgeben
       *[other] Alle { $number } Tickets zurückgeben
    }
order-of-booking = Ihre Bestellung

## What a booking holds

items-what = Inhalt dieser Buchung
items-tickets = Tickets
items-sum = Betrag
items-at = je { $price }
items-seats =
    { $count ->
        [one] Platz { $seats }
       *[other] Plätze { $seats }
    }
items-together = nebeneinander
reference = Buchungsnummer { $slot }

## A booking that is confirmed

confirmed-heading = Sie sind dabei!
confirmed-lead =
    { $count ->
        [one] Ein Ticket für { $event }, bezahlt und sicher.
       *[other] { $number } Tickets für { $event }, bezahlt und sicher.
    }
confirmed-print = Drucken oder als PDF speichern
confirmed-codes = Codes anzeigen
confirmed-calendar = In den Kalender
ticket-row = Reihe
ticket-seat = Platz
ticket-admission = Platzwahl
ticket-general = Frei
ticket-code = QR-Code von Ticket { $number }
ticket-count = { $number } von { $all }
codes-show = Vollbild
codes-show-one = Ticket { $number }, Vollbild
codes-previous = Vorheriges Ticket
codes-next = Nächstes Ticket
codes-close = Schließen
codes-hint = Am Einlass: Stellen Sie den Bildschirm auf volle Helligkeit.
share-heading = Halten Sie diese Tickets griffbereit
share-text = Wer diesen Link hat, sieht diese Buchung und ihre Tickets. Er öffnet sie auf jedem Gerät.
share-link = Link zu dieser Buchung
share-copy = Link kopieren
share-button = Teilen
phone-heading = Auf dem Handy öffnen
phone-text = Richten Sie die Handykamera auf diesen Code: Er öffnet diese Buchung dort.
phone-code = Code, der diese Buchung öffnet
offline-kept = Diese Tickets öffnen sich auch ohne Verbindung: Dieser Browser behält 90 Tage lang eine Kopie. Beginnen Sie unter „Meine Buchungen“ neu, ist die Kopie weg.
offline-copy = Keine Verbindung zum Shop. Das sind Ihre Tickets mit Stand { $slot }; was sich seither geändert hat, fehlt hier.
paper-heading = Auf Papier
paper-several = Mehrere Tickets auf einer Seite
paper-one = Ein Ticket pro Seite
cancel-heading = Diese Buchung stornieren
cancel-text =
    { $count ->
        [one] Das Ticket geht sofort wieder in den Verkauf. Wir erstatten { $amount } auf Ihre Karte.
       *[other] Ihre { $number } Tickets gehen sofort wieder in den Verkauf. Wir erstatten { $amount } auf Ihre Karte.
    }
cancel-button = Stornieren und { $amount } zurückerhalten
back-to-event = Zurück zur Veranstaltung
receipt-heading = Beleg
receipt-what = Was gekauft wurde
receipt-payments = Zahlungen
receipt-booked = Gebucht am { $time }
receipt-contact = Gebucht für { $contact }
calendar-seats = Plätze: { $seats }
calendar-reference = Buchungsnummer: { $reference }

## A booking that has ended

ended-expired = Ihre Zeit zum Bezahlen ist um
ended-late = Ihre Tickets sind nicht mehr reserviert
ended-expired-text = Sie hatten noch nicht bezahlt, deshalb sind die Tickets wieder im Verkauf.
ended-late-text = Die Antwort der Bank kam nicht rechtzeitig, deshalb sind die Tickets wieder im Verkauf.
ended-failed = Die Zahlung ist fehlgeschlagen
ended-failed-text = Keine Zahlung kam zustande, deshalb sind die Tickets wieder im Verkauf.
ended-cancelled = Diese Buchung wurde storniert
ended-cancelled-text = Die Tickets sind wieder im Verkauf.
ended-book-again = Diese Tickets noch einmal buchen
ended-try-again = Dieselbe Bestellung noch einmal versuchen
ended-if-available = { $items }, falls noch verfügbar.
ended-other-seats = Sie bekommen vielleicht andere Plätze.
ended-what = Was bestellt wurde
money-none = Es wurde nichts berechnet.
money-pending-expired = Die Zahlung mit Ihrer { $card } liegt noch bei der Bank. Wird sie ausgeführt, bekommen Sie die Tickets, falls sie noch da sind, und sonst das ganze Geld zurück. Warten Sie die Antwort ab, bevor Sie andere Tickets bezahlen.
money-pending = Die Zahlung mit Ihrer { $card } liegt noch bei der Bank. Wird sie ausgeführt, bekommen Sie das ganze Geld zurück.
money-refunded = { $amount } wurden vollständig auf Ihre { $card } erstattet.
money-refund-failed = { $amount } konnten nicht auf Ihre { $card } erstattet werden. Der Veranstalter weiß davon und muss das Geld auf anderem Weg zurückgeben.
money-on-its-way = { $amount } sind auf dem Weg zurück auf Ihre { $card }.
money-pending-expired-online = Die Zahlung wird noch bearbeitet. Wird sie ausgeführt, bekommen Sie die Tickets, falls sie noch da sind, und sonst das ganze Geld zurück. Warten Sie die Antwort ab, bevor Sie andere Tickets bezahlen.
money-pending-online = Die Zahlung wird noch bearbeitet. Wird sie ausgeführt, bekommen Sie das ganze Geld zurück.
money-refunded-online = { $amount } wurden vollständig erstattet.
money-refund-failed-online = { $amount } konnten nicht erstattet werden. Der Veranstalter weiß davon und muss das Geld auf anderem Weg zurückgeben.
money-on-its-way-online = { $amount } sind auf dem Weg zurück an die Person, die bezahlt hat.

## Payments

payment-card = { $brand } (Endziffern { $digits })
payment-some-card = Karte (Endziffern { $digits })
payment-paid = Bezahlt
payment-refunded = Erstattet am { $time }
payment-refund-due = Erstattung unterwegs
payment-refund-failed = Erstattung nicht angekommen
payment-processing = Warten auf die Bank
payment-declined = Von der Bank abgelehnt
payment-insufficient-funds = Mangels Deckung abgelehnt
payment-processing-error = Von der Bank gerade nicht verarbeitet
payment-online = Online-Zahlung
payment-abandoned = Nicht abgeschlossen
payment-unavailable = Keine Antwort vom Zahlungsdienst
payment-refused = Vom Zahlungsdienst nicht angenommen
payment-authentication = Bei der Bank nicht bestätigt
payment-not-charged = { $why }, nicht berechnet

## The list of bookings

bookings-lead = In diesem Browser gespeichert, ganz ohne Konto.
bookings-lead-new = Sie haben in diesem Browser noch nichts gebucht.
bookings-none = Noch keine Buchungen
bookings-none-text = Was Sie in diesem Browser buchen, erscheint hier.
bookings-find = Veranstaltung finden
bookings-to-pay = Noch zu bezahlen
bookings-coming = Demnächst
bookings-past = Vorbei
bookings-ended = Storniert oder nicht bezahlt
bookings-show = Tickets anzeigen
bookings-pay = Jetzt bezahlen
bookings-continue = Zahlung fortsetzen
bookings-pages = Seiten mit Buchungen
bookings-first-page = Zurück zur ersten Seite
bookings-next-page = Weitere Buchungen
new-buyer-heading = Ohne diese Buchungen neu beginnen
new-buyer-text = Dieser Browser zeigt diese Buchungen und ihre Tickets dann nicht mehr an. Gebucht bleiben sie.
new-buyer-button = Neu beginnen
retrieve-heading = Meine Tickets finden
retrieve-lead = Tickets aus einem anderen Browser oder aus der Zeit vor einem Neubeginn.
retrieve-one = Eine Buchung
retrieve-one-text = Die Buchungsnummer steht auf dem Ticket und auf dem Beleg. Die E-Mail-Adresse ist die, die beim Bezahlen angegeben wurde.
retrieve-reference = Buchungsnummer
retrieve-button = Buchung öffnen
retrieve-not-found = Wir haben keine Buchung mit dieser Nummer und dieser E-Mail-Adresse gefunden. Prüfen Sie beides. Wurde keine E-Mail-Adresse angegeben, lässt sich die Buchung nur über ihren Link oder in dem Browser öffnen, in dem gebucht wurde.
move-heading = Alle Buchungen eines anderen Browsers
move-text = Öffnen Sie auf dem anderen Gerät „Meine Buchungen“ und wählen Sie „Auf ein anderes Gerät umziehen“. Es zeigt dann einen Code.
move-code = Code
move-button = Hierher holen
move-not-found = Dieser Code gilt nicht oder nicht mehr. Lassen Sie sich auf dem anderen Gerät einen neuen zeigen.
move-code-heading = Ihre Buchungen können umziehen
move-code-lead = { $count ->
    [one] Dieser Code gilt eine Minute lang, einmal.
   *[other] Dieser Code gilt { $number } Minuten lang, einmal.
}
move-code-qr = QR-Code, der die Seite auf dem anderen Gerät öffnet
move-code-text = Scannen Sie ihn mit dem anderen Gerät, oder öffnen Sie dort „Meine Tickets finden“ und tippen Sie den Code ein. Ihre Buchungen ziehen dann dorthin um und verschwinden aus diesem Browser. Behalten Sie den Code für sich.
ways-heading = Tickets auf einem anderen Gerät
ways-find = Meine Tickets finden
ways-move = Auf ein anderes Gerät umziehen
back-to-bookings = Zurück zu meinen Buchungen
new-buyer-way-back = Bewahren Sie diesen Code auf, bevor Sie neu beginnen
new-buyer-way-back-text = Er bringt Ihre Buchungen und Tickets zurück: einmal, auf jedem Gerät, innerhalb eines Jahres. Fotografieren Sie ihn, oder schreiben Sie ihn auf.
new-buyer-way-back-how = Öffnen Sie später unter „Meine Buchungen“ die Seite „Meine Tickets finden“ und tippen Sie ihn ein.
new-buyer-sure = Ich habe den Code: neu beginnen

## Errors

error-quote = Wenn Sie uns schreiben, geben Sie bitte { $slot } an.
error-again = Noch einmal versuchen
error-events = Kommende Veranstaltungen
nothing-at-address = Unter dieser Adresse gibt es nichts.
no-time = Wir sind nicht rechtzeitig zu Ihrer Anfrage gekommen.
event-begins = Die Veranstaltung hat begonnen oder beginnt gleich; Buchungen lassen sich nicht mehr stornieren.
form-from-other-site = Das Formular kam von einer anderen Website und wurde deshalb nicht ausgeführt.
form-from-unknown-site = Ihr Browser hat nicht gesagt, von welcher Website das Formular kam. Deshalb wurde es nicht ausgeführt.
wait-seconds =
    { $count ->
        [one] Versuchen Sie es in { $number } Sekunde erneut.
       *[other] Versuchen Sie es in { $number } Sekunden erneut.
    }
our-mistake = Der Fehler liegt bei uns, und wir haben ihn vermerkt.
not-found = Diese Seite gibt es nicht
    .assurance = Ihre Buchungen sind noch da, wo sie waren; es wurde nichts geändert.
    .advice = Vielleicht ist die Adresse falsch geschrieben oder die Veranstaltung nicht mehr da. Suchen Sie sie unter den kommenden Veranstaltungen.
no-booking = Diese Buchung kann hier nicht angezeigt werden
    .assurance = Wenn es Ihre ist, ist sie noch da, wo sie war; es wurde nichts geändert.
    .advice = Öffnen Sie sie über ihren Link oder in dem Browser, in dem Sie gebucht haben. Ihre Buchungen finden Sie unter „Meine Buchungen“.
forbidden = Das ist mit diesem Link nicht erlaubt
    .assurance = Es wurde nichts geändert und nichts berechnet.
    .advice = Mit dem Link zu einer Buchung lässt sie sich ansehen und bezahlen. Alles andere kann nur, wer gebucht hat.
other-site = Das haben wir nicht ausgeführt
    .assurance = Es wurde nichts gebucht, nichts geändert und nichts berechnet.
    .advice = Wenn Sie es so wollten, tun Sie es hier: Beginnen Sie bei den kommenden Veranstaltungen. Erscheint diese Seite wieder, versuchen Sie es ohne Browser-Erweiterungen oder in einem anderen Browser.
busy = Bei uns ist gerade sehr viel los
    .assurance = Ohne bestätigte Buchung behalten wir kein Geld, und ein doppelt abgeschicktes Formular wird nur einmal ausgeführt.
    .advice = Laden Sie diese Seite gleich neu: Damit wird dieselbe Anfrage noch einmal gesendet.
too-many = Das war viel auf einmal
    .assurance = Es wurde nichts gebucht, nichts geändert und nichts berechnet.
    .advice = Warten Sie einen Moment und laden Sie diese Seite dann neu: Damit wird dieselbe Anfrage noch einmal gesendet.
internal-error = Bei uns ist etwas schiefgegangen
    .assurance = Ohne bestätigte Buchung behalten wir nie Geld.
    .advice = Sehen Sie unter „Meine Buchungen“ nach, was aus Ihrer Bestellung geworden ist, bevor Sie es noch einmal versuchen.
too-late-to-cancel = Zu spät zum Stornieren
    .assurance = Es wurde nichts geändert, und Ihre Tickets bleiben Ihnen erhalten.
    .advice = Gehen Sie zurück zu Ihrer Buchung oder sehen Sie unter „Meine Buchungen“ nach.
not-possible = Das ist hier nicht möglich
    .assurance = Es wurde nichts geändert und nichts berechnet.
    .advice = Gehen Sie zurück zu den kommenden Veranstaltungen und fahren Sie von dort fort.
too-large = Das war zu viel auf einmal
    .assurance = Es wurde nichts geändert und nichts berechnet.
    .advice = Gehen Sie zurück und versuchen Sie es mit weniger.
unreadable = Das konnten wir nicht lesen
    .assurance = Es wurde nichts geändert und nichts berechnet.
    .advice = Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
other-problem = Das hat nicht geklappt
    .assurance = Es wurde nichts berechnet.
    .advice = Gehen Sie zurück, um zu sehen, wie es steht, oder sehen Sie unter „Meine Buchungen“ nach.

## Problems of the API

problem-unreadable = Die Anfrage lässt sich nicht lesen
problem-invalid = Die Anfrage ist nicht gültig
problem-body-not-json = Der Inhalt ist kein JSON: { $reason }
problem-body-unreadable = Der Inhalt lässt sich nicht lesen
problem-form-unreadable = Das Formular lässt sich nicht lesen
problem-key-missing = Es braucht genau einen Header Idempotency-Key: 1 bis 255 beliebige druckbare Zeichen
problem-key-unprintable = Der Idempotency-Key muss aus 1 bis 255 druckbaren Zeichen bestehen
problem-malformed-detail = Die Anfrage ist kein HTTP
problem-head-too-large-detail = Die Header einer Anfrage dürfen höchstens 128 KiB groß sein
problem-accept = Nichts davon nimmt der Client an
problem-accept-detail = Hier wird { $sent } gesendet, und der Accept-Header lässt es nicht zu
problem-media-type = Dieser Inhaltstyp wird nicht unterstützt
problem-media-type-detail = Senden Sie den Inhalt als { $expected }
problem-coding = Diese Inhaltskodierung wird nicht unterstützt
problem-coding-detail = Inhalte werden gelesen, wie sie sind: Senden Sie diesen ohne den Header Content-Encoding
problem-too-slow = Die Anfrage ist zu langsam
problem-too-slow-detail = Der Inhalt muss spätestens nach { $seconds } s da sein
problem-too-large = Die Anfrage ist zu groß
problem-too-large-detail = Der Inhalt darf höchstens { $bytes } Byte groß sein
problem-method = Diese Methode ist nicht erlaubt
problem-method-detail = { $method } ist hier nicht möglich
problem-not-found = Nicht gefunden
problem-no-event = Diese Veranstaltung gibt es nicht
problem-no-booking = Diese Buchung gibt es nicht
problem-no-payment = Diese Zahlung gibt es nicht
problem-no-tier = Diese Kategorie gibt es nicht
problem-no-gate = Diesen Eingang gibt es nicht
problem-no-list = Diese Liste gibt es nicht
problem-no-scan = Diesen Scan gibt es nicht
problem-scan-not-undoable = Der Scan lässt sich nicht zurücknehmen
problem-scan-not-undoable-detail = Er hat nichts geändert, oder das Ticket wurde seitdem wieder gescannt
problem-no-page = Diese Seite oder diesen Endpunkt gibt es nicht
problem-no-file = Diese Datei gibt es nicht
problem-no-calendar-file = Diese Kalenderdatei gibt es nicht
problem-who-are-you = Wer sind Sie?
problem-token-missing = Senden Sie ein Token als Authorization: Bearer; POST /api/buyers stellt eines aus
problem-token-unknown = Dieses Token stammt nicht von uns
problem-token-expired = Das Token ist abgelaufen: { $time }
problem-token-revoked = Das Token wurde widerrufen
problem-token-malformed = Der Header Authorization muss lauten: Bearer, ein Leerzeichen, ein Token
problem-two-tokens = Der Header Authorization ist doppelt vorhanden
problem-not-allowed = Nicht erlaubt
problem-scope-missing = Dem Token fehlt die Berechtigung { $scope }
problem-for-themselves = on_behalf_of ist für API-Token; Käufer handeln für sich selbst
problem-link-cannot-cancel = Mit dem Link einer Buchung kann man sie ansehen und bezahlen, nicht stornieren
problem-other-site = Von einer anderen Website gesendet
problem-other-site-detail = Das Formular wurde von einer anderen Website gesendet und deshalb nicht ausgeführt
problem-unknown-site = Von einer unbekannten Website gesendet
problem-unknown-site-detail = Ihr Browser hat nicht mitgeteilt, von welcher Website das Formular gesendet wurde; es wurde deshalb nicht ausgeführt
problem-busy = Gerade ist zu viel los
problem-many-viewers = Zu viele sehen gerade zu. Fragen Sie die Verfügbarkeit stattdessen von Zeit zu Zeit ab
problem-many-orders-waiting = Zu viele Bestellungen warten. Es wurde nichts gebucht; senden Sie denselben Schlüssel noch einmal
problem-many-payments-waiting = Zu viele Zahlungen laufen gerade. Es wurde nichts berechnet; senden Sie denselben Schlüssel noch einmal
problem-unavailable = Zurzeit nicht verfügbar
problem-unavailable-detail = Der Dienst ist gerade nicht verfügbar. Versuchen Sie es mit demselben Idempotency-Key noch einmal
problem-internal = Bei uns ist etwas schiefgegangen
problem-internal-detail = Der Fehler ist unter der Nummer der Anfrage protokolliert
problem-too-many-requests = Zu viele Anfragen
problem-many-bookings = Zu viele Buchungen in kurzer Zeit ({ $window } s). Es ist nichts geschehen; versuchen Sie es in { $seconds } s noch einmal
problem-many-payments = Zu viele Zahlungen in kurzer Zeit ({ $window } s). Es ist nichts geschehen; versuchen Sie es in { $seconds } s noch einmal
problem-many-reads = Zu viele Abfragen in kurzer Zeit ({ $window } s). Es ist nichts geschehen; versuchen Sie es in { $seconds } s noch einmal
problem-many-new-buyers = Zu viele neue Käufer in kurzer Zeit ({ $window } s). Es ist nichts geschehen; versuchen Sie es in { $seconds } s noch einmal
problem-many-retrievals = Zu viele Suchen nach Buchungen in kurzer Zeit ({ $window } s). Es ist nichts geschehen; versuchen Sie es in { $seconds } s noch einmal
problem-many-webhooks = Zu viele Webhooks in kurzer Zeit ({ $window } s). Es ist nichts geschehen; versuchen Sie es in { $seconds } s noch einmal
problem-sold-out = Ausverkauft
problem-tier-sold-out = { $tier }: ausverkauft
problem-tier-short = { $tier }: noch { $left } verfügbar, { $asked } angefragt
problem-held = Von anderen reserviert
problem-held-being-taken = Andere Bestellungen greifen gerade nach diesen Tickets und geben sie vielleicht zurück. Versuchen Sie es gleich noch einmal
problem-held-unpaid = Andere haben diese Tickets reserviert und noch nicht bezahlt. Was nicht rechtzeitig bezahlt wird, wird wieder frei
problem-seats-taken = Plätze sind vergeben
problem-seats-taken-detail = Jemand anderes hat einige dieser Plätze genommen
problem-over-limit = Zu viele Tickets für eine Buchung
problem-over-limit-detail = Höchstzahl der Tickets je Buchung dieser Veranstaltung: { $limit }; angefragt: { $asked }
problem-over-buyer-limit = Zu viele Tickets für eine Person
problem-over-buyer-limit-detail = Höchstzahl der Tickets je Person für diese Veranstaltung: { $limit }; noch buchbar: { $left }
problem-not-on-sale = Nicht im Verkauf
problem-sale-opens = Verkaufsbeginn: { $time }
problem-sale-over = Die Veranstaltung hat begonnen; der Verkauf ist beendet
problem-key-reused = Der Idempotenzschlüssel wurde schon verwendet
problem-key-reused-detail = Dieser Idempotency-Key gehört zu einer anderen Anfrage. Nehmen Sie für eine neue Anfrage einen neuen Schlüssel
problem-hold-over = Die Reservierung ist abgelaufen
problem-hold-over-detail = Die Buchung wurde nicht rechtzeitig bezahlt, und ihre Tickets sind wieder frei. Diese Anfrage hat nichts berechnet
problem-not-pending = Die Buchung ist nicht mehr offen
problem-already-paid = Die Buchung ist schon bezahlt
problem-cancelled = Die Buchung wurde storniert
problem-failed = Die Zahlung der Buchung wurde endgültig abgelehnt, und ihre Tickets sind wieder frei
problem-paying = Eine Zahlung läuft gerade
problem-paying-detail = Eine andere Zahlung dieser Buchung läuft gerade. Warten Sie ihr Ergebnis ab; diese Anfrage hat nichts berechnet
problem-too-late = Zu spät zum Stornieren
problem-too-late-detail = Die Veranstaltung hat begonnen oder beginnt gleich; Buchungen lassen sich nicht mehr stornieren
problem-declined = Die Zahlung wurde abgelehnt
problem-declined-funds = Die Karte ist nicht ausreichend gedeckt. Es wurde nichts berechnet
problem-declined-processing = Die Karte konnte gerade nicht verarbeitet werden. Es wurde nichts berechnet; versuchen Sie es noch einmal
problem-declined-abandoned = Die Zahlung wurde unterbrochen. Es wurde nichts berechnet; versuchen Sie es noch einmal
problem-declined-card = Die Karte wurde abgelehnt. Es wurde nichts berechnet
problem-card = Die Kartennummer ist nicht gültig
problem-webhook-not-json = Der Webhook ist kein JSON
problem-unsigned = Der Webhook ist nicht vom Zahlungsdienst signiert
problem-unsigned-detail = Der Header Boxoffice-Signature fehlt oder passt nicht zum Inhalt
problem-stale = Der Webhook wurde vor zu langer Zeit signiert
problem-stale-detail = Die Zeit der Signatur darf höchstens { $seconds } s von jetzt abweichen
problem-amount = Der Betrag weicht ab
problem-amount-detail = Die Zahlung lautet auf einen anderen Betrag oder eine andere Währung. Es wurde nichts vermerkt
problem-many-pictures = Es werden gerade zu viele Bilder angefragt. Dieses wurde nicht gezeichnet
problem-no-picture = Dieses Bild gibt es nicht
field-parameter = ist kein Parameter dieser Liste
field-country = muss aus zwei Buchstaben bestehen, nach ISO 3166-1
field-day = muss ein Tag sein wie 2027-06-30
field-to-before-from = darf nicht vor from liegen
field-city = darf höchstens 200 Zeichen lang sein
field-series = darf höchstens 64 Zeichen lang sein
field-currency = muss ein Währungscode nach ISO 4217 sein wie EUR
field-currency-missing = muss zu einem Preis angegeben werden
field-price = muss ein Betrag von mindestens 0 sein
field-one-each-tier = darf höchstens einen Eintrag je Kategorie haben ({ $tiers })
field-one-each-ticket = darf höchstens einen Eintrag je Ticket haben ({ $limit })
field-at-least-one-ticket = muss mindestens ein Ticket anfragen
field-at-least-one = muss mindestens 1 sein
field-only-once = darf nicht doppelt vorkommen
field-known-tier = muss der Code einer Kategorie der Veranstaltung sein
field-numbered-tier = muss eine Kategorie mit nummerierten Plätzen sein
field-number-or-seats = darf nicht auch unter items stehen: Fragen Sie eine Anzahl oder Plätze an
field-row = muss aus den Buchstaben einer Reihe bestehen
field-seat-of-row = muss ein Platz der Reihe sein
field-as-many-seats = müssen so viele sein wie Tickets ihrer Kategorie
field-own-booking = muss eine Buchung derselben Person und Veranstaltung sein
field-on-behalf-of = muss den Käufer nennen, für den das Token handelt
field-contact-not-asked = darf nicht vorkommen: Die Veranstaltung fragt nicht nach Kontaktdaten
field-contact-missing = muss einen Namen und eine E-Mail-Adresse haben
field-contact-name = darf höchstens 200 Zeichen lang sein, ohne Steuerzeichen
field-contact-email = muss eine E-Mail-Adresse sein
field-card-digits = darf nur Ziffern enthalten, allenfalls mit Leerzeichen oder Bindestrichen dazwischen
field-card-length = muss 12 bis 19 Ziffern haben
field-card-check = muss eine gültige Kartennummer sein: Die Prüfziffer stimmt nicht
field-cursor = muss ein next_cursor dieser Liste sein
field-printable = muss aus 1 bis 255 druckbaren Zeichen bestehen
field-range = muss von { $least } bis { $most } sein
field-list-of-event = muss eine Liste der Veranstaltung sein
field-gate-name = muss 1 bis { $most } druckbare Zeichen haben
field-gate-name-taken = darf nicht der Name eines anderen offenen Eingangs sein
field-gates-max = darf keine weitere sein: Eine Veranstaltung hat höchstens { $limit }
field-code-or-ticket = muss da sein, wenn ticket fehlt: ein Code oder ein Ticket, nicht beides
field-code-length = darf höchstens { $most } Zeichen haben
field-ticket = muss ein Ticket dieser Veranstaltung sein, wie Liste und Suche es nennen

## Texts of the page's script

script-days =
    { $count ->
        [one] { $number } Tag
       *[other] { $number } Tage
    }
script-days-short = { $number } T
script-hold =
    { $count ->
        [one] { $number } Ticket reserviert: noch { $time }
       *[other] { $number } Tickets reserviert: noch { $time }
    }
script-limit =
    { $count ->
        [one] Höchstens { $number } Ticket pro Buchung
       *[other] Höchstens { $number } Tickets pro Buchung
    }
script-unreachable = Die Zeit ist um, und wir erreichen den Shop nicht, um zu zeigen, wie es weitergeht. Vielleicht ist die Verbindung unterbrochen; wir versuchen es weiter.
script-no-answer = Es kam keine Antwort: Vielleicht ist die Verbindung unterbrochen. Versuchen Sie es noch einmal; dasselbe Formular wird nie zweimal ausgeführt.
script-pay-missing = Das Zahlungsformular ist nicht angekommen: Vielleicht ist die Verbindung unterbrochen. Laden Sie die Seite neu oder bezahlen Sie auf der Seite des Zahlungsdienstes.
script-act-missing = Die Abfrage Ihrer Bank hat sich nicht geöffnet: Vielleicht ist die Verbindung unterbrochen. Es wurde nichts berechnet. Drücken Sie noch einmal auf „Weiter“ oder bezahlen Sie anders.
script-last-minute = Weniger als eine Minute zum Bezahlen.
script-pay-problem = Das hat nicht geklappt. Es wurde nichts berechnet; versuchen Sie es noch einmal.
script-copied = Der Link ist kopiert
script-your-time = { $time }, Ihre Zeit
script-where-you-are = (bei Ihnen { $time })
script-one-less = Ein Ticket weniger ({ $tier })
script-one-more = Ein Ticket mehr ({ $tier })
script-counts-unreached = Wir erreichen den Shop gerade nicht: Was noch zu haben ist, kann sich geändert haben.
script-part-of = { $part } von { $whole }
script-map-smaller = Sitzplan verkleinern
script-map-larger = Sitzplan vergrößern
script-map-whole = Den ganzen Saal zeigen
script-map-opening = Der Sitzplan wird geöffnet …
script-map-failed = Der Sitzplan kam nicht an: Vielleicht ist die Verbindung unterbrochen. Bitte noch einmal versuchen.
script-map-list = Plätze aus einer Liste wählen
script-seat = { $tier } · Reihe { $row } · Platz { $seat } · { $price }
script-seat-given-up = nicht mehr gewählt
script-lonely =
    { $count ->
        [one] So bleibt Platz { $seats } einzeln frei. Sie können so buchen; einen Platz weiter müsste niemand allein sitzen.
       *[other] So bleiben die Plätze { $seats } einzeln frei. Sie können so buchen; einen Platz weiter müsste niemand allein sitzen.
    }
script-gone-some = Gerade an jemand anderen vergeben: { $seats }. Wählen Sie einen anderen Platz oder weniger Tickets.
script-gone-all = Gerade an jemand anderen vergeben: { $seats }. Wählen Sie andere, oder buchen Sie und wir wählen die besten freien Plätze.

problem-called-off = Die Veranstaltung findet nicht statt
problem-called-off-detail = Die Veranstaltung wurde abgesagt: Es werden keine Tickets mehr verkauft, und was bezahlt wurde, wird erstattet.
problem-many-exports = Es werden gerade zu viele Exporte geschrieben; versuchen Sie es gleich noch einmal.
problem-no-call-off = Die Veranstaltung wurde nicht abgesagt.
field-export-too-long = muss CSV oder JSON Lines sein: Eine Tabelle hat höchstens 1.048.575 Zeilen
field-clue-or-event = muss angegeben werden, oder event_id
field-note = muss 1 bis 2.000 Zeichen lang sein
field-name-of-event = muss genau der Name der Veranstaltung sein
refused-called-off = Diese Veranstaltung wurde abgesagt
refused-called-off-text = Es wurde nichts gebucht und nichts abgebucht.
event-called-off = Diese Veranstaltung findet nicht statt
event-called-off-text = Sie wurde abgesagt. Alle Buchungen werden storniert, und das ganze Geld geht von selbst auf die Karten zurück, mit denen bezahlt wurde.
stock-called-off = Abgesagt
ended-called-off-text = Die Veranstaltung wurde abgesagt, deshalb wurde Ihre Buchung storniert.
event-called-off-link = Ihre Buchungen

# Abgesagte Veranstaltungen, und Kategorien mit eigenen Verkaufszeiten.
tier-opens = Im Verkauf ab { $time }
tier-over = Nicht mehr im Verkauf
tier-until = Bis { $time }
tier-least =
    { $count ->
        [one] Mindestens { $number } Ticket je Bestellung
       *[other] Mindestens { $number } Tickets je Bestellung
    }
tier-most =
    { $count ->
        [one] Höchstens { $number } Ticket je Bestellung
       *[other] Höchstens { $number } Tickets je Bestellung
    }
refused-tier-closed = Einige dieser Tickets sind gerade nicht im Verkauf
refused-tier-closed-text = Es wurde nichts gebucht. Wählen Sie andere, oder kommen Sie dann wieder.
problem-tier-opens = { $tier }: im Verkauf ab { $time }
problem-tier-over = { $tier }: nicht mehr im Verkauf
field-at-least-of-tier = muss in dieser Kategorie mindestens { $least } sein, oder keines
field-at-most-of-tier = darf in dieser Kategorie höchstens { $most } sein

# Was Veranstaltern über Veranstaltungen gesagt wird.
problem-edited = Jemand hat die Veranstaltung inzwischen geändert
problem-edited-detail = Die Veranstaltung ist jetzt in Fassung { $version }: lesen Sie sie erneut und senden Sie die Änderung mit dieser Fassung
problem-event-state = Die Veranstaltung lässt das nicht zu
problem-no-draft = Das geht nur bei Entwürfen
problem-being-published = Die Veranstaltung wird gerade veröffentlicht: warten Sie, bis ihre Tickets angelegt sind
problem-not-free = Nicht genug Tickets sind frei
problem-not-free-detail = Von { $asked } Tickets, die aus dem Verkauf gehen sollen, sind { $free } frei; es wurde nichts geändert
field-given = muss angegeben werden
field-text = muss 1 bis { $most } Zeichen lang sein
field-short = darf höchstens { $most } Zeichen lang sein
field-country-code = muss aus zwei Großbuchstaben bestehen, nach ISO 3166-1
field-time-zone = muss eine IANA-Zeitzone sein wie Europe/Lisbon
field-venue-zone = muss { $zone } sein: der Veranstaltungsort ist schon bekannt
field-contact-rule = muss none, optional oder required sein
field-to-come = muss in der Zukunft liegen
field-before-start = muss vor dem Beginn der Veranstaltung liegen
field-not-later = darf nicht später als { $time } sein: der Verkauf hat begonnen
field-doors = darf höchstens 24 Stunden vor dem Beginn liegen und nicht danach
field-end = muss nach dem Beginn liegen, um höchstens 31 Tage
field-series-code = muss aus 1 bis 64 Zeichen von a-z, 0-9 und - bestehen
field-series-own = darf nicht die Terminreihe eines anderen Veranstalters sein
field-entries = muss { $least } bis { $most } Einträge haben
field-stays = kann nicht mehr geändert werden
field-tier-code = muss aus 1 bis 32 Zeichen von a-z, 0-9, - und _ bestehen
field-row-blocks = müssen Blöcke von zusammen 1 bis 1000 Plätzen sein
field-rows-max = darf höchstens 32000 Reihen ergeben
field-seat-label = muss ein Platz der Kategorie sein wie A-7
field-language = muss ein Sprachcode sein wie de
field-after = muss nach { $other } liegen
field-at-least-other = muss mindestens { $other } sein
field-version = muss die Fassung der Veranstaltung sein, die Sie gelesen haben
field-tiers-apart = werden einzeln geändert, bei den Kategorien der Veranstaltung
field-picture-format = muss ein JPEG, PNG oder WebP sein
field-picture-size = muss Seiten von 240 bis 12000 Pixeln und höchstens 40 Millionen Pixel haben
field-picture-damaged = muss ein unbeschädigtes Bild sein

## Tiers that share a stock

tier-seats-of = Dieselben Plätze wie { $tier }: wählen Sie sie dort
refused-only-left-shared = Nur noch { $number } verfügbar; von diesen und den Kategorien mit denselben Tickets wurden { $asked } angefragt.
problem-stock-short = { $tier } und die Kategorien mit denselben Tickets: noch { $left } verfügbar, { $asked } angefragt
field-stock = muss der Code einer anderen Kategorie der Veranstaltung mit eigenen Tickets sein
field-of-stock = ist wie bei der Kategorie, deren Tickets verkauft werden: lassen Sie es weg
problem-stock-shared = Andere Kategorien werden aus den Tickets dieser Kategorie verkauft: entfernen Sie zuerst jene

## Questions and answers

problem-link-cannot-answer = Mit dem Link einer Buchung kann man sie ansehen und bezahlen: die Antworten werden nicht gezeigt und nicht geändert
problem-answers-over = Die Veranstaltung hat begonnen oder findet nicht statt, oder die Buchung ist beendet: es kann nichts mehr beantwortet werden
field-answer-missing = Frage { $question } muss beantwortet werden
field-answer-missing-of = Frage { $question } muss für Ticket { $ticket } beantwortet werden
field-answer-asked = muss die Nummer einer Frage der Veranstaltung sein
field-answer-of-ticket = muss ein Ticket der Buchung sein, ab 1 gezählt
field-answer-of-order = darf nicht angegeben sein: die Frage gilt der Bestellung
field-answer-one-of = muss eines davon sein: { $options }
field-answer-yes-no = muss yes oder no sein
field-question = muss die Nummer einer Frage der Veranstaltung sein oder fehlen
field-stays-as-asked = kann nicht geändert werden: stellen Sie stattdessen eine andere Frage
answers-legend = Fragen des Veranstalters
answers-ticket = Ticket { $number }: { $what }
answers-yes = Ja
answers-no = Nein
answers-choose = Bitte wählen
answers-heading = Ihre Antworten
answers-text = Sie können sie bis zum Beginn der Veranstaltung ändern.
answers-save = Antworten speichern
answers-link-text = Das möchte der Veranstalter von denen wissen, die kommen. Was Sie antworten, wird hier nicht wieder gezeigt.
answers-missing = Bitte beantworten Sie das.
answers-too-long = Höchstens { $most } Zeichen.
answers-wrong = Bitte wählen Sie eine der Antworten.

## Changes of paid bookings

problem-not-paid = Die Buchung ist nicht bezahlt
problem-not-paid-detail = Nur eine bezahlte Buchung kann geändert werden
problem-tickets-changed = Die Buchung hat diese Tickets nicht
problem-tickets-changed-detail = Nicht oder nicht mehr in dieser Buchung: { $tickets }. Es wurde nichts geändert
problem-let-in = Mit diesen Tickets ist jemand eingelassen worden
problem-let-in-detail = Schon eingelassen: { $tickets }. Es wurde nichts geändert
problem-dearer = Die neuen Tickets kosten mehr
problem-dearer-detail = Die Differenz wird nicht abgebucht: tauschen Sie nur, wenn sie von Hand bezahlt wurde oder wenn Sie darauf verzichten. Es wurde nichts geändert
problem-other-difference = Die Differenz ist eine andere
problem-other-difference-detail = Die neuen Tickets kosten nicht so viel mehr, wie von Hand bezahlt wurde. Es wurde nichts geändert: sehen Sie noch einmal nach
problem-other-amount = Ein anderer Betrag würde erstattet
problem-other-amount-detail = Die Buchung hat sich geändert, seit der Betrag gezeigt wurde. Es wurde nichts geändert: sehen Sie noch einmal nach
problem-other-total = Es kostet inzwischen etwas anderes
problem-other-total-detail = Der Preis hat sich geändert, seit er gezeigt wurde. Es wurde nichts verkauft: sehen Sie noch einmal auf die Summe
problem-nothing-to-refund = So viel ist von der Zahlung nicht übrig
problem-nothing-to-refund-detail = Von keiner Zahlung der Buchung ist genug übrig, um das zu erstatten. Es wurde nichts geändert
problem-refund-refused = Dieser Betrag kann nicht erstattet werden
problem-refund-refused-detail = Der Zahlungsdienst kann genau diesen Teil der Zahlung nicht erstatten. Es wurde nichts geändert: Geben Sie andere Tickets zurück, oder stornieren Sie die Buchung
problem-only-cancelled = Diese Buchung lässt sich nur stornieren
problem-only-cancelled-detail = Diese Tickets wurden zurückgehalten, verschenkt oder an der Kasse verkauft. Sie lassen sich höchstens innerhalb ihrer Kategorie tauschen: stornieren Sie stattdessen die Buchung. Es wurde nichts geändert
field-tickets-none = muss mindestens ein Ticket nennen
field-tickets-all = dürfen nicht alle Tickets sein: stornieren Sie stattdessen die Buchung
field-tickets-one-tier = müssen aus einer Kategorie sein: tauschen Sie eine nach der anderen
field-tickets-same = müssen andere Plätze sein als die der Buchung
field-seats-count = müssen so viele Plätze wie Tickets sein
field-tier-other-price = muss eine andere Kategorie sein: die Buchung hat Tickets davon zu einem anderen Preis
field-tier-priced = muss die Kategorie der Tickets sein: in den Preisen sind Steuern, Gebühren oder ein Aktionscode. Geben Sie die Tickets zurück und buchen Sie neu
field-seat-unknown = muss ein Ticket der Kategorie sein wie A-7, oder eine Nummer, wo es keine Plätze gibt
field-tier-unknown = muss der Code einer Kategorie der Veranstaltung sein
receipt-ordered = Bestellt
receipt-returned = Erstattet
receipt-part = { $amount } erstattet am { $time }
receipt-part-due = { $amount } werden gerade erstattet
receipt-part-failed = Die Erstattung von { $amount } kam nicht an
## Blocks, the box office, and what costs nothing

field-none-or-more = muss 0 oder mehr sein
field-costs-nothing = darf nicht angegeben sein: Die Buchung kostet nichts
field-too-little = muss mindestens der Preis sein
field-not-with-method = passt nicht zu dieser Zahlungsart
field-paid-and-waived = ist bezahlt oder erlassen, nicht beides
field-guest-name = muss den Gast nennen
problem-no-block = Diese Sperrung gibt es nicht
price-free = Kostenlos
free-heading = Es kostet nichts
free-lead = Sie haben bis { $slot } Zeit, sie zu nehmen. Eine Karte ist nicht nötig.
free-no-card = Eine Karte ist nicht nötig, und keine wird belastet.
free-button = Tickets holen
free-note = Es kostet nichts. Keine Karte wurde belastet.
free-confirmed-lead =
    { $count ->
        [one] Ein Ticket für { $event } gehört Ihnen.
       *[other] { $number } Tickets für { $event } gehören Ihnen.
    }
free-cancel-text =
    { $count ->
        [one] Das Ticket geht sofort wieder in den Verkauf.
       *[other] Ihre { $number } Tickets gehen sofort wieder in den Verkauf.
    }
payment-cash = Bar an der Kasse
payment-terminal = Kartenterminal an der Kasse
money-back-by-hand = { $amount } wurden an der Kasse zurückgegeben.
money-due-by-hand = Die Kasse gibt Ihnen { $amount } zurück.
# Verlegte Veranstaltungen.
moved-heading = Neuer Termin
moved-was = Bisher
moved-is = Jetzt
moved-before = Verlegt; bisher: { $date }
moved-until = Tickets behalten oder zurückgeben bis { $date }
moved-event-text = Bereits gekaufte Tickets bleiben gültig. Wer zum neuen Termin nicht kommen kann, kann sie zurückgeben:
moved-before-paying = Die Veranstaltung wurde verlegt, nachdem Sie diese Tickets ausgewählt haben. Sie gelten für den neuen Termin: Zahlen Sie nur, wenn Sie dann kommen können.
moved-ask = Können Sie kommen? Ihre Tickets bleiben für den neuen Termin gültig, Sie müssen nichts tun.
moved-kept = Sie behalten Ihre Tickets für den neuen Termin.
moved-return-until = Sie können sie bis { $date } gegen das ganze Geld zurückgeben.
moved-closed = Ihre Tickets gelten für den neuen Termin. Zurückgeben konnte man sie bis { $date }.
moved-keep = Ich behalte die Tickets
moved-return = Ich kann nicht kommen
moved-return-text =
    { $count ->
        [one] Das Ticket wird zurückgegeben, und { $amount } gehen zurück auf Ihre Zahlungskarte. Das lässt sich nicht rückgängig machen.
       *[other] Die Tickets werden zurückgegeben, und { $amount } gehen zurück auf Ihre Zahlungskarte. Das lässt sich nicht rückgängig machen.
    }
moved-return-button = Zurückgeben und { $amount } zurückbekommen
moved-buyer-alone = Nur wer gebucht hat, kann die Tickets zurückgeben.
ticket-was-used = Mit einem dieser Tickets ist schon jemand eingelassen worden.
already-admitted = Die Tickets können nicht zurückgegeben werden
    .assurance = Ihre Buchung bleibt, wie sie ist.
    .advice = Wenn das ein Irrtum ist, wenden Sie sich an den Veranstalter.
field-move-answer = muss keep oder return sein
field-by-moving = wird durch Verlegen geändert, damit alle gefragt werden, die gebucht haben
field-another-date = muss ein anderer Termin sein, sofern der Ort nicht ein anderer ist
problem-not-published = Das geht nur bei veröffentlichten Veranstaltungen
problem-no-move = Die Veranstaltung wurde nicht verlegt.
problem-not-asked = Es wird nichts gefragt
problem-not-asked-detail = Die Veranstaltung wurde nicht verlegt, seit gebucht wurde, oder die Buchung ist nicht bezahlt
problem-moved-again = Die Veranstaltung wurde noch einmal verlegt
problem-moved-again-detail = Lesen Sie, was jetzt gilt, und antworten Sie darauf
problem-answer-closed = Zu spät für eine Antwort
problem-answer-closed-detail = Die Frist für die Rückgabe ist vorbei; die Tickets gelten für den neuen Termin
problem-admitted = Ein Ticket wurde benutzt
problem-admitted-detail = Mit einem der Tickets ist jemand eingelassen worden, seit die Veranstaltung verlegt wurde
field-yes-or-no = muss true oder false sein
# Halls.
problem-no-hall = Diesen Saal gibt es nicht.
field-stays-in-hall = kann nicht geändert werden: Die Plätze sind die eines Saals
field-hall-section = muss ein Bereich des Saals sein
field-hall-row = muss eine Reihe des Bereichs sein
field-hall-section-name = muss 1 bis 40 Zeichen haben, keines von : " \
field-hall-row-label = muss 1 bis 8 Zeichen ohne Leerzeichen haben, keines von : - " \
field-hall-length = muss { $least } bis { $most } in Schritten von 0,5 sein
field-hall-seats = muss aus Plätzen und Lücken bestehen wie 4 _ 12, höchstens { $most }
field-hall-numbers = muss aus { $seats } verschiedenen Nummern bestehen wie 1-12 oder 23-1/2, 2-24/2
field-hall-apart = ist { $other } im Weg
field-hall-stage = ist der Bühne im Weg
field-hall-fewer = darf höchstens { $most } Plätze insgesamt haben
# Prices, taxes, fees, promo codes
percent = { $number } %
price-includes = Enthält { $parts }
price-part = { $name } { $of }
price-was = Statt
price-of-order = Zuzüglich { $names } { $amount } je Bestellung
line-discount = Code { $code }
line-discount-percent = Code { $code } ({ $percent } Rabatt)
line-tax = { $name } { $percent }
line-contained = Enthält { $name }
code-label = Aktionscode
code-apply = Einlösen
code-takes-percent = { $code }: { $percent } Rabatt auf jedes Ticket
code-takes-amount = { $code }: { $amount } Rabatt auf jedes Ticket
code-unlocks = { $code } schaltet die hier gezeigten Tickets frei
code-unknown = Diesen Aktionscode gibt es nicht
code-withdrawn = Dieser Aktionscode wird nicht mehr angenommen
code-not-yet = Dieser Aktionscode gilt ab { $time }
code-over = Dieser Aktionscode gilt nicht mehr
code-used-up = Dieser Aktionscode wurde so oft eingelöst, wie es möglich ist
code-used-up-by-buyer = Sie haben diesen Aktionscode so oft eingelöst, wie es möglich ist: höchstens { $limit }-mal
code-not-for-these = Dieser Aktionscode gilt nicht für diese Tickets
refused-code = Der Aktionscode kann nicht eingelöst werden
refused-code-text = Es wurde nichts gebucht. Ändern Sie den Code oder lassen Sie ihn weg, und buchen Sie noch einmal.
order-with-code = Diese Tickets gibt es mit einem Aktionscode: Geben Sie Ihren ein.
stock-with-code = Mit Code
problem-code = Der Aktionscode kann nicht eingelöst werden
field-amount-or-percent = muss ein Betrag oder ein Prozentsatz sein, eines von beiden
field-promo-code = muss 1 bis 32 Zeichen aus A-Z, 0-9, - und _ haben

# Paying through a provider.
field-payment-method = muss das Token einer Zahlungsmethode sein, etwa pm_card_visa
field-payment-method-missing = fehlt
field-card-number-not-taken = darf nicht da sein: Kartennummern sind nur für den Zahlungsdienst. Senden Sie payment_method
field-card-or-method = darf nicht neben payment_method stehen
field-return-url = muss eine Adresse sein, die mit http:// oder https:// beginnt
problem-amount-refused = Dieser Betrag kann nicht berechnet werden
problem-amount-refused-detail = Der Zahlungsdienst berechnet einen solchen Betrag nicht. Es wurde nichts berechnet
problem-declined-unavailable = Der Zahlungsdienst antwortet gerade nicht. Es wurde nichts berechnet, und Ihre Tickets bleiben noch einige Minuten reserviert; versuchen Sie es gleich noch einmal
problem-declined-refused = Die Zahlung war nicht möglich. Es wurde nichts berechnet; versuchen Sie es noch einmal oder zahlen Sie anders
problem-declined-authentication = Ihre Bank hat die Zahlung nicht bestätigt. Es wurde nichts berechnet
test-bank-title = Ihre Bank fragt
test-bank-lead = Möchten Sie { $amount } bezahlen?
test-bank-yes = Ja, bezahlen
test-bank-no = Nein
test-bank-over = Das wurde schon beantwortet, oder es ist zu spät.
test-bank-back = Zurück zur Buchung
test-bank-hint = Diese Seite steht für die Seite einer Bank. Es wird kein Geld bewegt.
