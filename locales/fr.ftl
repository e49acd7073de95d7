# The texts of the pages in French; en.ftl says what their variables stand for.

## What is around every page

language = Français
skip-to-content = Aller au contenu
nav-main = Menu principal
nav-events = Événements
nav-bookings = Mes réservations
test-mode = Mode test : aucune carte n’est débitée
footer-promise = Chaque billet correspond à une seule place, numérotée ou non, et n’est vendu qu’une fois. Aucune somme n’est conservée sans réservation confirmée.
footer-languages = Langues

## The list of events

events-title = Événements à venir
events-heading = Ce qui se joue, et ce qu’il reste
events-lead = Concerts, théâtre, sport. De vraies places, de vrais chiffres, pas de file d’attente.
events-found = Événements pour « { $words } »
search-label = Rechercher un événement, un artiste, une salle, une ville ou un pays
search-placeholder = Événement, artiste, ville…
search-button = Rechercher
events-none-announced = Aucun événement n’est annoncé pour l’instant
events-come-back = Revenez bientôt.
events-none-found = Aucun résultat
events-search-again = Vérifiez l’orthographe, ou essayez avec moins de mots.
events-all = Tous les événements à venir
events-from = dès { $slot }
events-pages = Pages d’événements
events-first-page = Retour au début
events-next-page = Plus d’événements
events-opens = En vente dès le { $date }
events-on-sale = En vente
events-some-held = Tout est retenu, retours possibles
filters-heading = Filtres
filters-show = Afficher les événements
filters-clear = Tout effacer
filters-active = Filtres actifs
filters-remove = Retirer le filtre « { $filter } »
filters-any = Tous
filters-city = Ville
filters-country = Pays
filters-genre = Genre
filters-from = Du
filters-to = Au
filters-price = Prix jusqu’à
filters-currency = Devise
chip-from = À partir du { $date }
chip-to = Jusqu’au { $date }
chip-price = Jusqu’à { $amount }
chip-series = Une même série de dates
events-featured = À ne pas manquer
events-today = Aujourd’hui
events-this-week = Cette semaine
events-this-weekend = Ce week-end
events-next-week = La semaine prochaine
events-fitting = Événements correspondants
events-not-exactly = Rien ne correspond exactement à « { $words } ».
events-did-you-mean = Vouliez-vous dire { $slot } ?
events-none-fit = Aucun événement ne remplit toutes ces conditions
events-drop-filters = Chercher sans filtres
events-any-day = Afficher toutes les dates
events-other-days = Les autres dates les plus proches
events-coming-up = Prochainement
events-without-filters = Sans les filtres
genre-concert = Concert
genre-classical = Musique classique
genre-opera = Opéra
genre-musical = Comédie musicale
genre-theatre = Théâtre
genre-dance = Danse
genre-comedy = Humour
genre-festival = Festival
genre-club = Soirée club
genre-sport = Sport
genre-family = Famille
genre-talk = Conférence
genre-film = Film
genre-exhibition = Exposition
genre-other = Autre
counts-old =
    { $count ->
        [one] Le décompte est momentanément indisponible : ce qu’il reste est indiqué tel qu’il y a { $number } minute.
       *[other] Le décompte est momentanément indisponible : ce qu’il reste est indiqué tel qu’il y a { $number } minutes.
    }

## What is left of a tier

stock-open = Il en reste { $number }
stock-few = Plus que { $number }
stock-held = Tous retenus par d’autres, certains peuvent se libérer
stock-sold = Complet

## The page of an event

event-all-events = Tous les événements
event-when = Quand
event-where = Où
two-parts = { $first }, { $second }
event-date-time = { $date } à { $time }
# Said of the picture of an event to those who do not see it.
event-picture = Image de { $name }
event-over = Cet événement a commencé
event-over-text = La vente est terminée.
event-over-link = Voir ce qui est à l’affiche.
event-soon = La vente n’est pas encore ouverte
event-soon-text = Ouverture de la vente : { $slot }
event-opens-in = Ouverture dans
event-reload = Actualisez cette page à ce moment-là.
event-prices = Tarifs
facts-heading = Bon à savoir
facts-genre = Genre
facts-doors = Ouverture des portes
facts-start = Début
facts-end = Fin
facts-end-about = { $time } ({ $length })
length-hours = { $hours } h
length-minutes = { $minutes } min
length-both = { $hours } h { $minutes } min
facts-age = Âge
age-all = Tous les âges sont bienvenus
age-from = À partir de { $number } ans
facts-lineup = À l’affiche
facts-address = Adresse
facts-map = Voir sur une carte
facts-access = Accessibilité
facts-organiser = Organisateur
facts-refunds = Remboursement
facts-terms = Conditions de l’organisateur
facts-dates = Autres dates
facts-about = À propos de cet événement
pay-terms = Remboursement et conditions : { $slot }
pay-terms-link = à lire sur la page de l’événement
access-step-free = Accès sans marche
access-wheelchair-places = Places pour fauteuils roulants
access-accessible-toilet = Toilettes accessibles
access-accessible-parking = Stationnement accessible
access-hearing-loop = Boucle magnétique
access-assistance-dogs = Chiens d’assistance bienvenus
access-sign-language = Interprétation en langue des signes
access-captions = Surtitres
access-audio-description = Audiodescription
access-relaxed = Séance adaptée
tier-numbered = Places numérotées
tier-general = Placement libre
tier-each = { $slot } le billet
tier-choose-seats = Choisir mes places
tier-choose-seats-of = Choisir mes places ({ $tier })
tier-quantity = Nombre de billets ({ $tier })
order-choose = Choisissez vos billets
order-summary = Votre commande
order-limit =
    { $count ->
        [one] Au maximum { $number } billet par réservation et { $buyer } par personne.
       *[other] Au maximum { $number } billets par réservation et { $buyer } par personne.
    }
order-promise = Nous gardons vos billets pendant que vous payez ; votre carte n’est débitée que lorsque vous appuyez sur « Payer ».
order-total = Total
order-book = Réserver
own-holds =
    { $count ->
        [one] Vous avez déjà { $number } billet mis de côté pour cet événement
       *[other] Vous avez déjà { $number } billets mis de côté pour cet événement
    }
own-holds-keep =
    { $count ->
        [one] Le garder et réserver ceux-ci en plus
       *[other] Les garder et réserver ceux-ci en plus
    }
own-holds-replace =
    { $count ->
        [one] Rendre ce billet et prendre ceux-ci à la place
       *[other] Rendre ces { $number } billets et prendre ceux-ci à la place
    }
order-choose-tickets = Choisir des billets
order-choose-more-seats =
    { $count ->
        [one] Choisir encore { $number } place
       *[other] Choisir encore { $number } places
    }
order-best-seats = Pour les places numérotées, nous cherchons les meilleures côte à côte, sauf si vous les choisissez vous-même.
order-all-sold = Tous les billets sont vendus.
order-all-held = Tous les billets sont vendus ou dans la commande de quelqu’un d’autre. Certains peuvent se libérer d’ici quelques minutes.

## Seat maps

map-hint = Choisissez vos places, ou indiquez un nombre ci-dessus et nous trouvons les meilleures côte à côte.
map-sections = Rangs : { $tier }
map-section = Rangs { $rows }
map-free =
    { $count ->
        [one] { $number } libre
       *[other] { $number } libres
    }
map-none-free = aucune libre
map-title = La salle
map-label = Plan de la salle, sous forme de dessin ; les listes de places au-dessus indiquent la même chose
map-how = Faites glisser pour parcourir la salle ; écartez deux doigts, appuyez sur + ou touchez un endroit dense pour vous rapprocher. Au clavier, les flèches vont d’une place libre à l’autre et la barre d’espace choisit.
map-stage = Scène
map-stage-this-way = Vers la scène ↑
map-legend-free = Libre
map-legend-yours = Votre choix
map-legend-held = Retenue par d’autres
map-legend-sold = Vendue
map-wheelchair = Place pour fauteuil roulant
map-companion = Place d’accompagnateur à côté
map-list = Places { $tier } sous forme de liste
map-other-rows = Autres rangs
map-row = Rang { $row }

## Why an order is refused

refused-seats-differ = Choisissez autant de places que de billets
refused-seats-differ-text = Le nombre de billets et celui des places choisies ne correspondent pas. Rien n’a été réservé ni débité.
refused-seats-too-few =
    { $count ->
        [one] Vous avez choisi { $tickets } et { $seats } : choisissez encore { $number } place, ou seulement { $instead }.
       *[other] Vous avez choisi { $tickets } et { $seats } : choisissez encore { $number } places, ou seulement { $instead }.
    }
refused-seats-too-many =
    { $count ->
        [one] Vous avez choisi { $tickets } et { $seats } : décochez { $number } place, ou choisissez { $instead }.
       *[other] Vous avez choisi { $tickets } et { $seats } : décochez { $number } places, ou choisissez { $instead }.
    }
tickets =
    { $count ->
        [one] { $number } billet
       *[other] { $number } billets
    }
seats =
    { $count ->
        [one] { $number } place
       *[other] { $number } places
    }
refused-over-limit = C’est plus que n’en permet une réservation
refused-over-limit-text =
    { $count ->
        [one] Une réservation peut comporter { $number } billet au maximum ; vous en avez choisi { $asked }. Rien n’a été réservé.
       *[other] Une réservation peut comporter { $number } billets au maximum ; vous en avez choisi { $asked }. Rien n’a été réservé.
    }
refused-empty = Aucun billet choisi pour l’instant
refused-empty-text = Choisissez le nombre de billets que vous souhaitez, puis réservez.
refused-invalid = Veuillez vérifier votre commande
refused-invalid-text = Elle contient quelque chose qui ne peut pas être réservé. Rien n’a été réservé ni débité.
refused-whole-number = Choisissez un nombre entier de billets.
refused-sold-out = Il ne reste pas assez de billets
refused-sold-out-text = Rien n’a été réservé : nous ne réservons jamais une partie d’une commande. Choisissez parmi ce qu’il reste.
refused-none-left = Il n’en reste plus.
refused-only-left = Il n’en reste que { $number }.
refused-held = Ces billets sont retenus par d’autres
refused-held-text = Ils sont dans la commande d’autres personnes et peuvent se libérer d’ici quelques minutes. Rien n’a été réservé ; réessayez dans un instant.
refused-held-tier = Retenus par d’autres en ce moment.
refused-some-held = Pas assez de billets libres en ce moment
refused-some-held-text = Le reste est retenu par d’autres personnes ; certains billets peuvent se libérer d’ici quelques minutes. Rien n’a été réservé : nous ne réservons jamais une partie d’une commande.
refused-only-free = Il n’en reste que { $number } pour le moment.
refused-buyer-limit = C’est plus que n’en permet la limite par personne
refused-buyer-limit-none =
    { $count ->
        [one] Chaque personne peut avoir { $number } billet pour cet événement, et vous l’avez déjà. Rien n’a été réservé.
       *[other] Chaque personne peut avoir { $number } billets pour cet événement, et vous les avez déjà. Rien n’a été réservé.
    }
refused-buyer-limit-left =
    { $count ->
        [one] Chaque personne peut avoir { $number } billet pour cet événement ; vous pouvez encore en réserver { $left }. Rien n’a été réservé.
       *[other] Chaque personne peut avoir { $number } billets pour cet événement ; vous pouvez encore en réserver { $left }. Rien n’a été réservé.
    }
refused-nothing-booked = Rien n’a été réservé.
refused-too-early = La vente n’est pas encore ouverte
refused-over = La vente est terminée
refused-over-text = L’événement a commencé. Rien n’a été réservé.
refused-key-reused = Vous avez déjà réservé avec ce formulaire
refused-key-reused-text = Ce formulaire a déjà été envoyé avec un autre choix, et cette première commande reste valable. Envoyez-le à nouveau si vous en voulez une seconde.
refused-key-reused-link = Voir mes réservations
refused-undecided = Rien n’est encore réservé. Indiquez ci-dessous, dans votre commande, si vous voulez ces billets en plus ou à la place.
refused-hold-link = Garder ma réservation et payer
refused-hold-kept = Ce que vous aviez réservé reste à vous.
refused-paid = Vos billets précédents sont payés
refused-paid-text = Vous les avez payés, ou votre banque est en train de décider. Rien n’a été modifié. Si vous voulez d’autres billets, réservez encore une fois.
refused-paid-link = Voir cette réservation
refused-busy = Nous sommes très sollicités en ce moment
refused-busy-text = Votre choix est toujours là. Réservez à nouveau dans un instant : une même commande n’est jamais réservée deux fois.
refused-seats-gone = Certaines de vos places sont parties
refused-seats-gone-text = Quelqu’un a été un instant plus rapide. Rien n’a été réservé ni débité. Choisissez-en d’autres, ou laissez-nous choisir les meilleures places côte à côte.
refused-seats-offered = Quelqu’un a été un instant plus rapide. Rien n’a été réservé ni débité. Les places libres les plus proches sont cochées pour vous : réservez-les, choisissez-en d’autres, ou décochez tout et laissez-nous choisir.
refused-seats-few =
    { $count ->
        [one] Quelqu’un a été un instant plus rapide. Rien n’a été réservé ni débité. Vous avez choisi { $wanted } places et il n’en reste que { $number } de libre : elle est cochée pour vous.
       *[other] Quelqu’un a été un instant plus rapide. Rien n’a été réservé ni débité. Vous avez choisi { $wanted } places et il n’en reste que { $number } de libres : elles sont cochées pour vous.
    }
refused-just-taken = Quelqu’un vient de prendre : { $seats }.
refused-ticked-instead = Sélection de remplacement : { $seats }.

## A booking's states

state-pending = En attente de paiement
state-confirmed = Confirmée
state-failed = Paiement échoué
state-expired = Expirée
state-cancelled = Annulée
booking-title = { $state } : { $event }
steps = Votre réservation, étape par étape
step-choose = Billets
step-pay = Coordonnées et paiement
step-done = Vos billets

## A booking that is held

hold-heading =
    { $count ->
        [one] Votre billet est mis de côté
       *[other] Vos { $number } billets sont mis de côté
    }
hold-lead =
    { $count ->
        [one] Vous avez jusqu’à { $slot } pour le payer. Votre carte n’est débitée que lorsque vous appuyez sur « Payer ».
       *[other] Vous avez jusqu’à { $slot } pour les payer. Votre carte n’est débitée que lorsque vous appuyez sur « Payer ».
    }
hold-time-left = Temps restant pour payer
bank-heading = En attente de votre banque
bank-lead = La banque traite le paiement ; elle répond le plus souvent en moins d’une minute. Vos billets restent mis de côté quelques minutes. Cette page affichera la réponse d’elle-même ; vous pouvez aussi la fermer et regarder plus tard dans « Mes réservations ». Ne payez pas une seconde fois.
act-heading = Votre paiement demande encore une étape
act-lead = Confirmez le paiement auprès de votre banque ou sur la page du prestataire de paiement. Rien n’a encore été débité. Vos billets restent mis de côté jusqu’à { $slot }.
act-continue = Continuer et payer { $amount }
act-other = Payer autrement
act-needs-script = Cette étape demande JavaScript. Sans lui, vous pouvez payer autrement.
declined-abandoned = Le paiement n’a pas été terminé. Rien n’a été débité. Vos billets restent mis de côté jusqu’à { $time } : choisissez comment payer.
declined-unavailable = Le prestataire de paiement ne répond pas pour l’instant. Rien n’a été débité. Vos billets sont gardés jusqu’à { $time } : réessayez.
declined-refused = Le prestataire de paiement n’a pas accepté le paiement. Rien n’a été débité. Vos billets sont toujours mis de côté : réessayez ou payez autrement.
declined-authentication = Votre banque n’a pas confirmé le paiement. Rien n’a été débité. Vos billets sont toujours mis de côté : réessayez ou payez autrement.
declined-heading = Le paiement n’a pas abouti
declined-text = { $card } : { $why }. Rien n’a été débité. Vos billets sont toujours mis de côté : essayez une autre carte.
declined-text-online = { $why }. Rien n’a été débité. Vos billets sont toujours mis de côté : réessayez ou payez autrement.
declined-tries-left =
    { $count ->
        [one] C’est le dernier essai.
       *[other] Il vous reste { $number } essais.
    }
pay-heading = Payer par carte
pay-card-number = Numéro de carte
pay-card-problem = Vérifiez le numéro de carte : un chiffre semble faux ou manquant. Rien n’a été débité.
contact-legend = Comment vous joindre ?
contact-hint = Avec la référence de la réservation, l’adresse e-mail rouvre vos billets si ce navigateur les perd.
contact-name = Nom
contact-email = Adresse e-mail
contact-optional = (facultatif)
contact-name-problem = Ce nom est trop long.
contact-email-problem = Vérifiez l’adresse e-mail : une partie semble manquer. Rien n’a été débité.
contact-name-missing = L’organisateur demande votre nom. Rien n’a été débité.
contact-email-missing = L’organisateur demande votre adresse e-mail. Rien n’a été débité.
pay-simulated = Les paiements sont simulés ici : utilisez une carte de test, jamais une vraie.
pay-cancel = Un imprévu ? Jusqu’au début de l’événement, vous pouvez annuler et être remboursé en totalité.
pay-button = Payer { $amount }
pay-heading-any = Payer
pay-opening = Le formulaire de paiement s’ouvre…
pay-method-problem = Indiquez comment vous voulez payer. Rien n’a été débité.
pay-hosted-hint = Vous payez sur une page du prestataire de paiement, puis vous revenez ici.
pay-hosted-button = Payer { $amount } sur la page du prestataire
test-cards = Cartes de test
test-card-number = Numéro
test-card-does = Effet
test-card-succeeds = Est acceptée
test-card-declined = Est refusée
test-card-insufficient = N’est pas assez approvisionnée
test-card-error = Ne peut pas être traitée pour l’instant
test-card-asks = Vous demande de confirmer (3-D Secure)
test-card-later = Répond plus tard
give-back = Rendre les billets
give-back-text = Ils sont aussitôt remis en vente, et quelqu’un d’autre peut les prendre.
give-back-button =
    { $count ->
        [one] Rendre le billet
       *[other] Rendre les { $number } billets
    }
order-of-booking = Votre commande

## What a booking holds

items-what = Contenu de cette réservation
items-tickets = Billets
items-sum = Montant
items-at = à { $price }
items-seats =
    { $count ->
        [one] Place { $seats }
       *[other] Places { $seats }
    }
items-together = côte à côte
reference = Référence { $slot }

## A booking that is confirmed

confirmed-heading = Vous y serez !
confirmed-lead =
    { $count ->
        [one] Un billet pour { $event }, payé et bien à vous.
       *[other] { $number } billets pour { $event }, payés et bien à vous.
    }
confirmed-print = Imprimer ou enregistrer en PDF
confirmed-codes = Afficher les codes
confirmed-calendar = Ajouter à l’agenda
ticket-row = Rang
ticket-seat = Place
ticket-admission = Placement
ticket-general = Libre
ticket-code = Code QR du billet { $number }
ticket-count = { $number } sur { $all }
codes-show = Plein écran
codes-show-one = Billet { $number }, plein écran
codes-previous = Billet précédent
codes-next = Billet suivant
codes-close = Fermer
codes-hint = À l’entrée : réglez la luminosité de l’écran au maximum.
share-heading = Gardez ces billets à portée de main
share-text = Toute personne qui a ce lien voit cette réservation et ses billets. Il les ouvre sur n’importe quel appareil.
share-link = Lien vers cette réservation
share-copy = Copier le lien
share-button = Partager
phone-heading = Ouvrir sur votre téléphone
phone-text = Visez ce code avec l’appareil photo de votre téléphone : il y ouvre cette réservation.
phone-code = Code qui ouvre cette réservation
offline-kept = Ces billets s’ouvrent aussi sans connexion : ce navigateur en garde une copie pendant 90 jours. Si vous repartez de zéro, la copie disparaît.
offline-copy = Pas de connexion à la boutique. Voici vos billets tels qu’enregistrés à { $slot } ; ce qui a changé depuis n’apparaît pas.
paper-heading = Sur papier
paper-several = Plusieurs billets par page
paper-one = Un billet par page
cancel-heading = Annuler cette réservation
cancel-text =
    { $count ->
        [one] Le billet est aussitôt remis en vente. Nous remboursons { $amount } sur votre carte.
       *[other] Les { $number } billets sont aussitôt remis en vente. Nous remboursons { $amount } sur votre carte.
    }
cancel-button = Annuler et récupérer { $amount }
back-to-event = Retour à l’événement
receipt-heading = Reçu
receipt-what = Détail de l’achat
receipt-payments = Paiements
receipt-booked = Réservé le { $time }
receipt-contact = Réservé pour { $contact }
calendar-seats = Places : { $seats }
calendar-reference = Référence : { $reference }

## A booking that has ended

ended-expired = Le délai de paiement est écoulé
ended-late = Vos billets ne sont plus mis de côté
ended-expired-text = Les billets n’ont pas été payés à temps et ont été remis en vente.
ended-late-text = La réponse de la banque n’est pas arrivée à temps, les billets ont donc été remis en vente.
ended-failed = Le paiement n’a pas abouti
ended-failed-text = Aucun paiement n’a abouti, les billets ont donc été remis en vente.
ended-cancelled = Cette réservation a été annulée
ended-cancelled-text = Ses billets ont été remis en vente.
ended-book-again = Réserver à nouveau ces billets
ended-try-again = Réessayer la même commande
ended-if-available = { $items }, sous réserve de disponibilité.
ended-other-seats = Les places peuvent être différentes.
ended-what = Détail de la commande
money-none = Rien n’a été débité.
money-pending-expired = Le paiement avec votre { $card } est encore en cours à la banque. S’il aboutit, vous recevez les billets s’ils sont encore disponibles, et sinon toute la somme vous est rendue. Attendez la réponse avant de payer d’autres billets.
money-pending = Le paiement avec votre { $card } est encore en cours à la banque. S’il aboutit, toute la somme vous est rendue.
money-refunded = Nous avons remboursé la totalité, soit { $amount }, sur votre { $card }.
money-refund-failed = Nous n’avons pas pu rembourser { $amount } sur votre { $card }. L’organisateur en est informé et doit rendre l’argent d’une autre manière.
money-on-its-way = Le remboursement de { $amount } sur votre { $card } est en cours.
money-pending-expired-online = Le paiement est encore en cours. S’il aboutit, vous recevez les billets s’ils sont encore disponibles, et sinon toute la somme vous est rendue. Attendez la réponse avant de payer d’autres billets.
money-pending-online = Le paiement est encore en cours. S’il aboutit, toute la somme vous est rendue.
money-refunded-online = Nous avons remboursé la totalité, soit { $amount }.
money-refund-failed-online = Nous n’avons pas pu rembourser { $amount }. L’organisateur en est informé et doit rendre l’argent d’une autre manière.
money-on-its-way-online = Le remboursement de { $amount } à la personne qui a payé est en cours.

## Payments

payment-card = { $brand } se terminant par { $digits }
payment-some-card = Carte se terminant par { $digits }
payment-paid = Payé
payment-refunded = Remboursé le { $time }
payment-refund-due = Remboursement en cours
payment-refund-failed = Remboursement non parvenu
payment-processing = En attente de la banque
payment-declined = Refusé par la banque
payment-insufficient-funds = Refusé pour provision insuffisante
payment-processing-error = Non traité par la banque pour l’instant
payment-online = Paiement en ligne
payment-abandoned = Non terminé
payment-unavailable = Sans réponse du prestataire de paiement
payment-refused = Non accepté par le prestataire de paiement
payment-authentication = Non confirmé auprès de la banque
payment-not-charged = { $why }, non débité

## The list of bookings

bookings-lead = Conservées dans ce navigateur, sans compte.
bookings-lead-new = Vous n’avez encore rien réservé dans ce navigateur.
bookings-none = Aucune réservation pour l’instant
bookings-none-text = Ce que vous réservez dans ce navigateur apparaît ici.
bookings-find = Trouver un événement
bookings-to-pay = À payer
bookings-coming = À venir
bookings-past = Passés
bookings-ended = Annulées ou non payées
bookings-show = Voir les billets
bookings-pay = Payer maintenant
bookings-continue = Poursuivre le paiement
bookings-pages = Pages de réservations
bookings-first-page = Retour à la première page
bookings-next-page = Plus de réservations
new-buyer-heading = Repartir de zéro, sans ces réservations
new-buyer-text = Ce navigateur n’affichera plus ces réservations ni leurs billets. Elles restent valables.
new-buyer-button = Repartir de zéro
retrieve-heading = Retrouver mes billets
retrieve-lead = Des billets d’un autre navigateur, ou d’avant un nouveau départ.
retrieve-one = Une réservation
retrieve-one-text = Sa référence figure sur le billet et sur le reçu. L’adresse e-mail est celle qui a été saisie au paiement.
retrieve-reference = Référence
retrieve-button = Ouvrir la réservation
retrieve-not-found = Nous n’avons trouvé aucune réservation avec cette référence et cette adresse e-mail. Vérifiez les deux ; si aucune adresse n’a été laissée au paiement, seuls son lien ou le navigateur qui l’a faite peuvent l’ouvrir.
move-heading = Toutes les réservations d’un autre navigateur
move-text = Sur l’autre appareil, ouvrez « Mes réservations » et choisissez « Les transférer sur un autre appareil ». Un code s’affiche.
move-code = Code
move-button = Les transférer ici
move-not-found = Ce code ne fonctionne pas, ou plus. Demandez-en un nouveau à l’autre appareil.
move-code-heading = Vos réservations sont prêtes à être transférées
move-code-lead = { $count ->
    [one] Ce code est valable { $number } minute, une seule fois.
   *[other] Ce code est valable { $number } minutes, une seule fois.
}
move-code-qr = QR code qui ouvre la page sur l’autre appareil
move-code-text = Scannez-le avec l’autre appareil, ou ouvrez-y « Retrouver mes billets » et saisissez le code. Les réservations seront alors là-bas, et plus ici. Ne donnez ce code à personne d’autre.
ways-heading = Billets sur un autre appareil
ways-find = Retrouver mes billets
ways-move = Les transférer sur un autre appareil
back-to-bookings = Retour à mes réservations
new-buyer-way-back = Gardez ce code avant de repartir de zéro
new-buyer-way-back-text = C’est le chemin du retour vers vos réservations et leurs billets : une fois, sur n’importe quel appareil, pendant un an. Photographiez-le ou notez-le.
new-buyer-way-back-how = Plus tard, ouvrez « Retrouver mes billets » dans Mes réservations et saisissez-le.
new-buyer-sure = J’ai le code : repartir de zéro

## Errors

error-quote = Si vous nous écrivez, indiquez { $slot }.
error-again = Réessayer
error-events = Événements à venir
nothing-at-address = Il n’y a rien à cette adresse.
no-time = Nous n’avons pas pu traiter votre demande à temps.
event-begins = L’événement a commencé ou est sur le point de commencer ; les réservations ne peuvent plus être annulées.
form-from-other-site = Le formulaire a été envoyé depuis un autre site : il n’a donc pas été traité.
form-from-unknown-site = Votre navigateur n’a pas indiqué depuis quel site le formulaire a été envoyé : il n’a donc pas été traité.
wait-seconds =
    { $count ->
        [one] Réessayez dans { $number } seconde.
       *[other] Réessayez dans { $number } secondes.
    }
our-mistake = L’erreur vient de nous, et nous en avons pris note.
not-found = Cette page n’existe pas
    .assurance = Vos réservations sont toujours là ; rien n’a été modifié.
    .advice = L’adresse est peut-être mal saisie, ou l’événement a disparu. Cherchez-le parmi les événements à venir.
no-booking = Cette réservation ne peut pas être affichée ici
    .assurance = Si c’est la vôtre, elle est toujours là ; rien n’a été modifié.
    .advice = Ouvrez-la avec son lien, ou dans le navigateur où vous avez réservé. Les vôtres se trouvent sous « Mes réservations ».
forbidden = Ce lien ne le permet pas
    .assurance = Rien n’a été modifié ni débité.
    .advice = Le lien d’une réservation permet de la voir et de la payer. Le reste revient à la personne qui a réservé.
other-site = Nous n’avons pas donné suite à cette demande
    .assurance = Rien n’a été réservé, modifié ni débité.
    .advice = Si c’était bien votre intention, faites-le ici : commencez par les événements à venir. Si cette page revient, essayez sans extensions de navigateur, ou dans un autre navigateur.
busy = Nous sommes très sollicités en ce moment
    .assurance = Aucune somme n’est conservée sans réservation confirmée, et un formulaire envoyé deux fois n’est exécuté qu’une fois.
    .advice = Actualisez cette page dans un instant : la même demande sera renvoyée.
too-many = C’était beaucoup à la fois
    .assurance = Rien n’a été réservé, modifié ni débité.
    .advice = Patientez un instant, puis actualisez cette page : la même demande sera renvoyée.
internal-error = Un problème est survenu de notre côté
    .assurance = Aucune somme n’est jamais conservée sans réservation confirmée.
    .advice = Avant de réessayer, regardez sous « Mes réservations » ce qu’est devenue votre commande.
too-late-to-cancel = Il est trop tard pour annuler
    .assurance = Rien n’a été modifié, et vos billets restent les vôtres.
    .advice = Revenez à votre réservation, ou regardez sous « Mes réservations ».
not-possible = Ce n’est pas possible ici
    .assurance = Rien n’a été modifié ni débité.
    .advice = Revenez aux événements à venir et reprenez à partir de là.
too-large = C’était trop à la fois
    .assurance = Rien n’a été modifié ni débité.
    .advice = Revenez en arrière et réessayez avec moins.
unreadable = Nous n’avons pas pu lire cette demande
    .assurance = Rien n’a été modifié ni débité.
    .advice = Revenez en arrière, actualisez la page et réessayez.
other-problem = Cela n’a pas fonctionné
    .assurance = Rien n’a été débité.
    .advice = Revenez en arrière pour voir où en sont les choses, ou regardez sous « Mes réservations ».

## Problems of the API

problem-unreadable = La requête est illisible
problem-invalid = La requête n’est pas valide
problem-body-not-json = Le corps n’est pas du JSON : { $reason }
problem-body-unreadable = Le corps est illisible
problem-form-unreadable = Le formulaire est illisible
problem-key-missing = Il faut exactement un en-tête Idempotency-Key : de 1 à 255 caractères imprimables, au choix
problem-key-unprintable = L’Idempotency-Key doit compter de 1 à 255 caractères imprimables
problem-malformed-detail = La requête n’est pas du HTTP
problem-head-too-large-detail = Les en-têtes d’une requête ne peuvent pas dépasser 128 Kio
problem-accept = Le client n’accepte rien de ce qui est envoyé ici
problem-accept-detail = La réponse est en { $sent }, que l’en-tête Accept exclut
problem-media-type = Ce type de contenu n’est pas pris en charge
problem-media-type-detail = Envoyez le corps au format { $expected }
problem-coding = Ce codage de contenu n’est pas pris en charge
problem-coding-detail = Les corps sont lus tels quels : envoyez celui-ci sans l’en-tête Content-Encoding
problem-too-slow = La requête est trop lente
problem-too-slow-detail = Le corps doit arriver en { $seconds } s au plus
problem-too-large = La requête est trop volumineuse
problem-too-large-detail = Le corps peut compter { $bytes } octets au plus
problem-method = Cette méthode n’est pas autorisée
problem-method-detail = { $method } n’est pas possible ici
problem-not-found = Introuvable
problem-no-event = Cet événement n’existe pas
problem-no-booking = Cette réservation n’existe pas
problem-no-payment = Ce paiement n’existe pas
problem-no-tier = Cette catégorie n’existe pas
problem-no-gate = Cette entrée n’existe pas
problem-no-list = Cette liste n’existe pas
problem-no-scan = Ce scan n’existe pas
problem-scan-not-undoable = Le scan ne peut pas être annulé
problem-scan-not-undoable-detail = Il n’a rien changé, ou le billet a été scanné de nouveau depuis
problem-no-page = Cette page ou ce point d’accès n’existe pas
problem-no-file = Ce fichier n’existe pas
problem-no-calendar-file = Ce fichier de calendrier n’existe pas
problem-who-are-you = Qui êtes-vous ?
problem-token-missing = Envoyez un jeton par Authorization: Bearer ; POST /api/buyers en crée un
problem-token-unknown = Ce jeton ne vient pas de chez nous
problem-token-expired = Le jeton a expiré : { $time }
problem-token-revoked = Le jeton a été révoqué
problem-token-malformed = L’en-tête Authorization doit être : Bearer, une espace et un jeton
problem-two-tokens = Il y a deux en-têtes Authorization
problem-not-allowed = Non autorisé
problem-scope-missing = Il manque au jeton l’autorisation { $scope }
problem-for-themselves = on_behalf_of est réservé aux jetons d’API ; un acheteur agit pour lui-même
problem-link-cannot-cancel = Le lien d’une réservation permet de la consulter et de la payer, pas de l’annuler
problem-other-site = Envoyé depuis un autre site
problem-other-site-detail = Le formulaire a été envoyé depuis un autre site : il n’a pas été pris en compte
problem-unknown-site = Envoyé depuis un site inconnu
problem-unknown-site-detail = Votre navigateur n’a pas indiqué de quel site vient le formulaire : il n’a pas été pris en compte
problem-busy = Trop de demandes en ce moment
problem-many-viewers = Trop de personnes suivent en direct. Consultez plutôt les disponibilités de temps en temps
problem-many-orders-waiting = Trop de commandes attendent. Rien n’a été réservé ; renvoyez la même clé
problem-many-payments-waiting = Trop de paiements sont en cours. Rien n’a été débité ; renvoyez la même clé
problem-unavailable = Indisponible pour le moment
problem-unavailable-detail = Le service est indisponible pour le moment. Réessayez avec la même Idempotency-Key
problem-internal = Une erreur s’est produite de notre côté
problem-internal-detail = L’erreur est consignée sous l’identifiant de la requête
problem-too-many-requests = Trop de requêtes
problem-many-bookings = Trop de réservations en peu de temps ({ $window } s). Rien n’a été fait ; réessayez dans { $seconds } s
problem-many-payments = Trop de paiements en peu de temps ({ $window } s). Rien n’a été fait ; réessayez dans { $seconds } s
problem-many-reads = Trop de consultations en peu de temps ({ $window } s). Rien n’a été fait ; réessayez dans { $seconds } s
problem-many-new-buyers = Trop de nouveaux acheteurs en peu de temps ({ $window } s). Rien n’a été fait ; réessayez dans { $seconds } s
problem-many-retrievals = Trop de recherches de réservations en peu de temps ({ $window } s). Rien n’a été fait ; réessayez dans { $seconds } s
problem-many-webhooks = Trop de webhooks en peu de temps ({ $window } s). Rien n’a été fait ; réessayez dans { $seconds } s
problem-sold-out = Complet
problem-tier-sold-out = { $tier } : complet
problem-tier-short = { $tier } : il en reste { $left }, la demande est de { $asked }
problem-held = Retenu par d’autres
problem-held-being-taken = D’autres commandes sont en train de prendre ces billets et peuvent les rendre. Réessayez dans un instant
problem-held-unpaid = D’autres ont retenu ces billets sans les avoir encore payés. Ce qui n’est pas payé à temps redevient libre
problem-seats-taken = Des places sont prises
problem-seats-taken-detail = Quelqu’un d’autre a pris certaines de ces places
problem-over-limit = Trop de billets pour une réservation
problem-over-limit-detail = Maximum de billets par réservation pour cet événement : { $limit } ; demandés : { $asked }
problem-over-buyer-limit = Trop de billets pour un acheteur
problem-over-buyer-limit-detail = Maximum de billets par acheteur pour cet événement : { $limit } ; encore possibles : { $left }
problem-not-on-sale = Pas en vente
problem-sale-opens = Ouverture de la vente : { $time }
problem-sale-over = L’événement a commencé ; la vente est terminée
problem-key-reused = La clé d’idempotence a déjà servi
problem-key-reused-detail = Cette Idempotency-Key a servi à une autre requête. Prenez une nouvelle clé pour une nouvelle requête
problem-hold-over = La mise de côté est terminée
problem-hold-over-detail = La réservation n’a pas été payée à temps et ses billets ont été rendus. Cette requête n’a rien débité
problem-not-pending = La réservation n’est plus en attente
problem-already-paid = La réservation est déjà payée
problem-cancelled = La réservation a été annulée
problem-failed = Le paiement de la réservation a été refusé définitivement, et ses billets ont été rendus
problem-paying = Un paiement est en cours
problem-paying-detail = Un autre paiement de cette réservation est en cours. Attendez-en l’issue ; cette requête n’a rien débité
problem-too-late = Trop tard pour annuler
problem-too-late-detail = L’événement a commencé ou va commencer ; les réservations ne peuvent plus être annulées
problem-declined = Le paiement a été refusé
problem-declined-funds = La provision de la carte est insuffisante. Rien n’a été débité
problem-declined-processing = La carte n’a pas pu être traitée pour l’instant. Rien n’a été débité ; réessayez
problem-declined-abandoned = Le paiement a été interrompu. Rien n’a été débité ; réessayez
problem-declined-card = La carte a été refusée. Rien n’a été débité
problem-card = Le numéro de carte n’est pas valide
problem-webhook-not-json = Le webhook n’est pas du JSON
problem-unsigned = Le webhook n’est pas signé par la passerelle
problem-unsigned-detail = L’en-tête Boxoffice-Signature manque ou ne correspond pas au corps
problem-stale = Le webhook a été signé il y a trop longtemps
problem-stale-detail = L’heure de la signature peut s’écarter de maintenant de { $seconds } s au plus
problem-amount = Le montant diffère
problem-amount-detail = Le paiement est d’un autre montant ou dans une autre devise. Rien n’a été enregistré
problem-many-pictures = Trop d’images sont demandées. Celle-ci n’a pas été dessinée
problem-no-picture = Cette image n’existe pas
field-parameter = n’est pas un paramètre de cette liste
field-country = doit être deux lettres, selon ISO 3166-1
field-day = doit être un jour tel que 2027-06-30
field-to-before-from = ne doit pas précéder from
field-city = doit compter 200 caractères au plus
field-series = doit compter 64 caractères au plus
field-currency = doit être un code de devise ISO 4217 tel que EUR
field-currency-missing = doit accompagner un prix
field-price = doit être un montant, 0 ou plus
field-one-each-tier = doit avoir au plus une entrée par catégorie ({ $tiers })
field-one-each-ticket = doit avoir au plus une entrée par billet ({ $limit })
field-at-least-one-ticket = doit demander au moins un billet
field-at-least-one = doit être au moins 1
field-only-once = ne doit pas figurer deux fois
field-known-tier = doit être le code d’une catégorie de l’événement
field-numbered-tier = doit être une catégorie à places numérotées
field-number-or-seats = ne doit pas figurer aussi dans items : demandez un nombre ou des places
field-row = doit être les lettres d’une rangée
field-seat-of-row = doit être une place de la rangée
field-as-many-seats = doivent être aussi nombreuses que les billets de leur catégorie
field-own-booking = doit être une réservation du même acheteur et du même événement
field-on-behalf-of = doit nommer l’acheteur pour qui le jeton agit
field-contact-not-asked = ne doit pas figurer : l’événement ne demande pas de coordonnées
field-contact-missing = doit avoir un nom et une adresse e-mail
field-contact-name = doit compter 200 caractères au plus, sans caractères de contrôle
field-contact-email = doit être une adresse e-mail
field-card-digits = ne doit comporter que des chiffres, avec au plus des espaces ou des traits d’union entre eux
field-card-length = doit avoir de 12 à 19 chiffres
field-card-check = doit être un numéro de carte valide : son chiffre de contrôle est faux
field-cursor = doit être un next_cursor de cette liste
field-printable = doit compter de 1 à 255 caractères imprimables
field-range = doit être compris entre { $least } et { $most }
field-list-of-event = doit être une liste de l’événement
field-gate-name = doit avoir de 1 à { $most } caractères imprimables
field-gate-name-taken = ne doit pas être le nom d’une autre entrée ouverte
field-gates-max = ne doit pas en être une de plus : un événement en a au plus { $limit }
field-code-or-ticket = doit être présent si ticket ne l’est pas : un code ou un billet, pas les deux
field-code-length = doit avoir au plus { $most } caractères
field-ticket = doit être un billet de cet événement, tel que la liste et la recherche le nomment

## Texts of the page's script

script-days =
    { $count ->
        [one] { $number } jour
       *[other] { $number } jours
    }
script-days-short = { $number } j
script-hold =
    { $count ->
        [one] { $number } billet mis de côté : encore { $time }
       *[other] { $number } billets mis de côté : encore { $time }
    }
script-limit =
    { $count ->
        [one] Au maximum { $number } billet par réservation
       *[other] Au maximum { $number } billets par réservation
    }
script-unreachable = Le temps est écoulé, et la boutique est injoignable pour afficher la suite. La connexion est peut-être coupée ; nous continuons d’essayer.
script-no-answer = Aucune réponse n’est arrivée : la connexion est peut-être coupée. Réessayez ; un même formulaire n’est jamais exécuté deux fois.
script-pay-missing = Le formulaire de paiement n’est pas arrivé : la connexion est peut-être coupée. Actualisez la page ou payez sur la page du prestataire.
script-act-missing = La demande de votre banque ne s’est pas ouverte : la connexion est peut-être coupée. Rien n’a été débité. Appuyez encore une fois sur « Continuer » ou payez autrement.
script-last-minute = Il reste moins d’une minute pour payer.
script-pay-problem = Cela n’a pas fonctionné. Rien n’a été débité ; réessayez.
script-copied = Le lien est copié
script-your-time = { $time }, à votre heure
script-where-you-are = ({ $time } chez vous)
script-one-less = Un billet de moins ({ $tier })
script-one-more = Un billet de plus ({ $tier })
script-counts-unreached = La boutique est injoignable pour l’instant : ce qu’il reste a pu changer.
script-part-of = { $part } sur { $whole }
script-map-smaller = Réduire le plan
script-map-larger = Agrandir le plan
script-map-whole = Voir toute la salle
script-map-opening = Le plan de salle s’ouvre…
script-map-failed = Le plan de salle n’est pas arrivé : la connexion est peut-être coupée. Réessayez.
script-map-list = Choisir les places dans une liste
script-seat = { $tier } · Rang { $row } · Place { $seat } · { $price }
script-seat-given-up = retirée de votre choix
script-lonely =
    { $count ->
        [one] La place { $seats } resterait libre, toute seule. Vous pouvez réserver ainsi ; en vous décalant d’une place, personne ne serait isolé.
       *[other] Les places { $seats } resteraient libres, chacune toute seule. Vous pouvez réserver ainsi ; en vous décalant d’une place, personne ne serait isolé.
    }
script-gone-some = Quelqu’un d’autre vient de prendre : { $seats }. Choisissez une autre place, ou moins de billets.
script-gone-all = Quelqu’un d’autre vient de prendre : { $seats }. Choisissez-en d’autres, ou réservez et nous choisissons les meilleures places libres.

problem-called-off = L’événement n’a pas lieu
problem-called-off-detail = L’événement est annulé : plus rien n’est vendu, et ce qui a été payé est remboursé.
problem-many-exports = Trop d’exports sont en cours ; réessayez dans un instant.
problem-no-call-off = L’événement n’est pas annulé.
field-export-too-long = doit être en CSV ou en JSON Lines : un tableur a au plus 1 048 575 lignes
field-clue-or-event = doit être indiqué, ou event_id
field-note = doit compter de 1 à 2 000 caractères
field-name-of-event = doit être exactement le nom de l’événement
refused-called-off = Cet événement est annulé
refused-called-off-text = Rien n’a été réservé ni débité.
event-called-off = Cet événement n’a pas lieu
event-called-off-text = Il est annulé. Toutes les réservations sont annulées, et tout l’argent revient sur les cartes qui ont payé, sans que vous ayez à le demander.
stock-called-off = Annulé
ended-called-off-text = L’événement est annulé : votre réservation l’est donc aussi.
event-called-off-link = Vos réservations

# Événements annulés, et catégories vendues à leurs propres dates.
tier-opens = En vente à partir du { $time }
tier-over = N’est plus en vente
tier-until = Jusqu’au { $time }
tier-least =
    { $count ->
        [one] Au moins { $number } billet par commande
       *[other] Au moins { $number } billets par commande
    }
tier-most =
    { $count ->
        [one] { $number } billet au plus par commande
       *[other] { $number } billets au plus par commande
    }
refused-tier-closed = Certains de ces billets ne sont pas en vente maintenant
refused-tier-closed-text = Rien n’a été réservé. Choisissez-en d’autres, ou revenez à ce moment-là.
problem-tier-opens = { $tier } : en vente à partir de { $time }
problem-tier-over = { $tier } : n’est plus en vente
field-at-least-of-tier = doit être au moins { $least } dans cette catégorie, ou aucun
field-at-most-of-tier = doit être au plus { $most } dans cette catégorie

# Ce que les organisateurs apprennent de leurs événements.
problem-edited = Quelqu’un a modifié l’événement entre-temps
problem-edited-detail = L’événement en est à la version { $version } : relisez-le et envoyez la modification avec cette version
problem-event-state = L’événement ne le permet pas
problem-no-draft = Cela ne se fait que sur un brouillon
problem-being-published = L’événement est en cours de publication : attendez que ses billets soient créés
problem-not-free = Trop peu de billets sont libres
problem-not-free-detail = Sur { $asked } billets à retirer de la vente, { $free } sont libres ; rien n’a été modifié
field-given = doit être indiqué
field-text = doit compter de 1 à { $most } caractères
field-short = doit compter au plus { $most } caractères
field-country-code = doit être deux lettres majuscules, selon ISO 3166-1
field-time-zone = doit être un fuseau horaire IANA tel que Europe/Lisbon
field-venue-zone = doit être { $zone } : ce lieu est déjà connu
field-contact-rule = doit être none, optional ou required
field-to-come = doit être dans le futur
field-before-start = doit précéder le début de l’événement
field-not-later = ne doit pas être après { $time } : la vente est ouverte
field-doors = doit être au plus 24 heures avant le début, et pas après
field-end = doit suivre le début, de 31 jours au plus
field-series-code = doit compter de 1 à 64 caractères parmi a-z, 0-9 et -
field-series-own = ne doit pas être la série d’un autre organisateur
field-entries = doit avoir de { $least } à { $most } éléments
field-stays = ne peut plus être modifié
field-tier-code = doit compter de 1 à 32 caractères parmi a-z, 0-9, - et _
field-row-blocks = doivent être des blocs de 1 à 1000 places en tout
field-rows-max = doit donner au plus 32000 rangées
field-seat-label = doit être une place de la catégorie telle que A-7
field-language = doit être un code de langue tel que de
field-after = doit être après { $other }
field-at-least-other = doit être au moins { $other }
field-version = doit être la version de l’événement que vous avez lue
field-tiers-apart = se modifient une à une, parmi les catégories de l’événement
field-picture-format = doit être un JPEG, PNG ou WebP
field-picture-size = doit avoir des côtés de 240 à 12000 pixels et 40 millions de pixels au plus
field-picture-damaged = doit être une image intacte

## Tiers that share a stock

tier-seats-of = Mêmes places que { $tier } : choisissez-les là
refused-only-left-shared = Il n’en reste que { $number } ; la demande, avec les catégories qui les partagent, est de { $asked }.
problem-stock-short = { $tier } et les catégories qui partagent ses billets : il en reste { $left }, la demande est de { $asked }
field-stock = doit être le code d’une autre catégorie de l’événement, qui a ses propres billets
field-of-stock = est celui de la catégorie dont elle partage les billets : laissez-le vide
problem-stock-shared = D’autres catégories sont vendues sur les billets de celle-ci : supprimez-les d’abord

## Questions and answers

problem-link-cannot-answer = Le lien d’une réservation permet de la consulter et de la payer : les réponses ne sont ni montrées ni modifiées
problem-answers-over = L’événement a commencé ou n’a pas lieu, ou la réservation a pris fin : il n’est plus possible de répondre
field-answer-missing = la question { $question } demande une réponse
field-answer-missing-of = la question { $question } demande une réponse pour le billet { $ticket }
field-answer-asked = doit être le numéro d’une question de l’événement
field-answer-of-ticket = doit être un billet de la réservation, compté à partir de 1
field-answer-of-order = ne doit pas figurer : la question porte sur la commande
field-answer-one-of = doit être l’une de ces options : { $options }
field-answer-yes-no = doit être yes ou no
field-question = doit être le numéro d’une question de l’événement, ou absent
field-stays-as-asked = ne peut pas être modifié : posez plutôt une autre question
answers-legend = Questions de l’organisateur
answers-ticket = Billet { $number } : { $what }
answers-yes = Oui
answers-no = Non
answers-choose = Veuillez choisir
answers-heading = Vos réponses
answers-text = Vous pouvez les modifier jusqu’au début de l’événement.
answers-save = Enregistrer les réponses
answers-link-text = L’organisateur pose ces questions à qui vient. Vos réponses ne seront plus affichées ici.
answers-missing = Veuillez répondre.
answers-too-long = Au plus { $most } caractères.
answers-wrong = Veuillez choisir l’une des réponses.

## Changes of paid bookings

problem-not-paid = La réservation n’est pas payée
problem-not-paid-detail = Seule une réservation payée peut être modifiée
problem-tickets-changed = La réservation n’a pas ces billets
problem-tickets-changed-detail = Pas, ou plus, dans cette réservation : { $tickets }. Rien n’a été modifié
problem-let-in = Quelqu’un est entré avec ces billets
problem-let-in-detail = Déjà entrés : { $tickets }. Rien n’a été modifié
problem-dearer = Les nouveaux billets coûtent plus cher
problem-dearer-detail = La différence n’est pas débitée : n’échangez que si elle a été payée en main propre ou si vous y renoncez. Rien n’a été modifié
problem-other-difference = La différence n’est pas celle-là
problem-other-difference-detail = Ce que les nouveaux billets coûtent de plus n’est pas ce qui a été payé en main propre. Rien n’a été modifié : vérifiez à nouveau
problem-other-amount = Un autre montant serait remboursé
problem-other-amount-detail = La réservation a changé depuis l’affichage du montant. Rien n’a été modifié : vérifiez à nouveau
problem-other-total = Le prix a changé entre-temps
problem-other-total-detail = Le prix a changé depuis son affichage. Rien n’a été vendu : vérifiez à nouveau le total
problem-nothing-to-refund = Il ne reste pas autant du paiement
problem-nothing-to-refund-detail = Aucun paiement de la réservation ne permet ce remboursement. Rien n’a été modifié
problem-refund-refused = Ce montant ne peut pas être remboursé
problem-refund-refused-detail = Le prestataire de paiement ne peut pas rembourser exactement cette part du paiement. Rien n’a été modifié : rendez d’autres billets ou annulez la réservation
problem-only-cancelled = Cette réservation ne peut qu’être annulée
problem-only-cancelled-detail = Ces billets ont été réservés par l’organisateur, offerts ou vendus au guichet. Ils s’échangent tout au plus dans leur catégorie : annulez plutôt la réservation. Rien n’a été modifié
field-tickets-none = doit nommer au moins un billet
field-tickets-all = ne doit pas être tous les billets : annulez plutôt la réservation
field-tickets-one-tier = doivent être d’une seule catégorie : échangez-les l’une après l’autre
field-tickets-same = doivent être d’autres places que celles de la réservation
field-seats-count = doivent être autant de places que de billets
field-tier-other-price = doit être une autre catégorie : la réservation en a des billets à un autre prix
field-tier-priced = doit être la catégorie des billets : les prix comprennent des taxes, des frais ou un code promo. Rendez les billets et réservez à nouveau
field-seat-unknown = doit être un billet de la catégorie comme A-7, ou un numéro s’il n’y a pas de places numérotées
field-tier-unknown = doit être le code d’une catégorie de l’événement
receipt-ordered = Commandé
receipt-returned = Remboursé
receipt-part = { $amount } remboursés le { $time }
receipt-part-due = { $amount } en cours de remboursement
receipt-part-failed = Le remboursement de { $amount } n’est pas parvenu
## Blocks, the box office, and what costs nothing

field-none-or-more = doit être 0 ou plus
field-costs-nothing = ne doit pas être indiqué : la réservation ne coûte rien
field-too-little = doit couvrir au moins le prix
field-not-with-method = ne va pas avec ce mode de paiement
field-paid-and-waived = est payée ou abandonnée, pas les deux
field-guest-name = doit indiquer le nom de l’invité
problem-no-block = Ce blocage n’existe pas
price-free = Gratuit
free-heading = C’est gratuit
free-lead = Vous avez jusqu’à { $slot } pour les prendre. Aucune carte n’est nécessaire.
free-no-card = Aucune carte n’est nécessaire et rien n’est débité.
free-button = Obtenir les billets
free-note = C’est gratuit. Aucune carte n’a été débitée.
free-confirmed-lead =
    { $count ->
        [one] Un billet pour { $event }, il est à vous.
       *[other] { $number } billets pour { $event }, ils sont à vous.
    }
free-cancel-text =
    { $count ->
        [one] Le billet est remis en vente aussitôt.
       *[other] Les { $number } billets sont remis en vente aussitôt.
    }
payment-cash = Espèces, au guichet
payment-terminal = Terminal de paiement, au guichet
money-back-by-hand = { $amount } ont été rendus au guichet.
money-due-by-hand = Le guichet vous rend { $amount }.
# Événements reportés.
moved-heading = Nouvelle date
moved-was = Avant
moved-is = Maintenant
moved-before = Reporté ; avant : { $date }
moved-until = Garder ou rendre les billets avant le { $date }
moved-event-text = Les billets déjà achetés restent valables. Qui ne peut pas venir à la nouvelle date peut les rendre :
moved-before-paying = L’événement a été reporté après votre choix. Ces billets sont pour la nouvelle date : ne payez que si vous pouvez venir.
moved-ask = Pouvez-vous venir ? Vos billets restent valables pour la nouvelle date, vous n’avez rien à faire.
moved-kept = Vous gardez vos billets pour la nouvelle date.
moved-return-until = Vous pouvez les rendre et être entièrement remboursé jusqu’au { $date }.
moved-closed = Vos billets sont valables pour la nouvelle date. On pouvait les rendre jusqu’au { $date }.
moved-keep = Je garde les billets
moved-return = Je ne peux pas venir
moved-return-text =
    { $count ->
        [one] Le billet est rendu et { $amount } reviennent sur votre carte. C’est définitif.
       *[other] Les billets sont rendus et { $amount } reviennent sur votre carte. C’est définitif.
    }
moved-return-button = Rendre et récupérer { $amount }
moved-buyer-alone = Seule la personne qui a réservé peut rendre les billets.
ticket-was-used = Quelqu’un est déjà entré avec l’un de ces billets.
already-admitted = Les billets ne peuvent pas être rendus
    .assurance = Votre réservation reste telle quelle.
    .advice = Si c’est une erreur, adressez-vous à l’organisateur.
field-move-answer = doit être keep ou return
field-by-moving = se change en reportant l’événement, pour que les acheteurs soient consultés
field-another-date = doit être une autre date, sauf si le lieu change
problem-not-published = Cela ne se fait que pour un événement publié
problem-no-move = L’événement n’a pas été reporté.
problem-not-asked = Rien n’est demandé
problem-not-asked-detail = L’événement n’a pas été reporté depuis la réservation, ou elle n’est pas payée
problem-moved-again = L’événement a encore été reporté
problem-moved-again-detail = Lisez ce qui vaut maintenant et répondez à cela
problem-answer-closed = Trop tard pour répondre
problem-answer-closed-detail = Le délai pour rendre les billets est passé ; ils sont valables pour la nouvelle date
problem-admitted = Un billet a été utilisé
problem-admitted-detail = Quelqu’un est entré avec l’un des billets depuis que l’événement a été reporté
field-yes-or-no = doit être true ou false
# Halls.
problem-no-hall = Cette salle n’existe pas.
field-stays-in-hall = ne peut pas être modifié : les places sont celles d’une salle
field-hall-section = doit être une section de la salle
field-hall-row = doit être un rang de la section
field-hall-section-name = doit avoir de 1 à 40 caractères, aucun parmi : " \
field-hall-row-label = doit avoir de 1 à 8 caractères sans espaces, aucun parmi : - " \
field-hall-length = doit aller de { $least } à { $most } par pas de 0,5
field-hall-seats = doit être des places et des vides, comme 4 _ 12, { $most } au plus
field-hall-numbers = doit être { $seats } numéros différents, comme 1-12 ou 23-1/2, 2-24/2
field-hall-apart = se trouve sur { $other }
field-hall-stage = se trouve sur la scène
field-hall-fewer = doit avoir { $most } places au plus en tout
# Prices, taxes, fees, promo codes
percent = { $number } %
price-includes = Comprend { $parts }
price-part = { $name } { $of }
price-was = Au lieu de
price-of-order = Plus { $names } { $amount } par commande
line-discount = Code { $code }
line-discount-percent = Code { $code } ({ $percent } de remise)
line-tax = { $name } { $percent }
line-contained = Dont { $name }
code-label = Code promo
code-apply = Appliquer
code-takes-percent = { $code } : { $percent } de remise sur chaque billet
code-takes-amount = { $code } : { $amount } de remise sur chaque billet
code-unlocks = { $code } donne accès aux billets affichés ici
code-unknown = Ce code promo n’existe pas
code-withdrawn = Ce code promo n’est plus accepté
code-not-yet = Ce code promo est valable à partir du { $time }
code-over = Ce code promo n’est plus valable
code-used-up = Ce code promo a été utilisé autant de fois que possible
code-used-up-by-buyer = Vous avez utilisé ce code promo autant de fois que possible : { $limit } au plus
code-not-for-these = Ce code promo ne s’applique pas à ces billets
refused-code = Le code promo ne peut pas être utilisé
refused-code-text = Rien n’a été réservé. Modifiez le code ou retirez-le, puis réservez à nouveau.
order-with-code = Ces billets sont vendus avec un code promo : saisissez le vôtre.
stock-with-code = Avec un code
problem-code = Le code promo ne peut pas être utilisé
field-amount-or-percent = doit être un montant ou un pourcentage, l’un des deux
field-promo-code = doit comporter 1 à 32 caractères parmi A-Z, 0-9, - et _

# Paying through a provider.
field-payment-method = doit être le jeton d’un moyen de paiement, comme pm_card_visa
field-payment-method-missing = manque
field-card-number-not-taken = ne doit pas y être : les numéros de carte sont réservés au prestataire de paiement. Envoyez payment_method
field-card-or-method = ne doit pas accompagner payment_method
field-return-url = doit être une adresse qui commence par http:// ou https://
problem-amount-refused = Ce montant ne peut pas être débité
problem-amount-refused-detail = Le prestataire de paiement ne débite pas un tel montant. Rien n’a été débité
problem-declined-unavailable = Le prestataire de paiement ne répond pas pour l’instant. Rien n’a été débité et vos billets sont gardés quelques minutes de plus ; réessayez bientôt
problem-declined-refused = Le paiement n’a pas pu être fait. Rien n’a été débité ; réessayez, ou payez autrement
problem-declined-authentication = Votre banque n’a pas confirmé le paiement. Rien n’a été débité
test-bank-title = Votre banque demande
test-bank-lead = Voulez-vous payer { $amount } ?
test-bank-yes = Oui, payer
test-bank-no = Non
test-bank-over = La réponse a déjà été donnée, ou il est trop tard.
test-bank-back = Retour à la réservation
test-bank-hint = Cette page tient lieu de celle d’une banque. Aucun argent ne circule.
