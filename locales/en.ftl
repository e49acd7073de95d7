# The texts of the pages, in Fluent's syntax: https://projectfluent.org/fluent/guide/
#
# $count selects a plural form, $number is the same number as it is written in the language.
# $slot stands for an element of the page, such as a time that scripts complete; each text that has one has it once.
# {"{}"} stands for a number that the page's script puts there.
# A language that lacks a text of this file, or gives one other variables, is not offered.

## What is around every page

language = English
skip-to-content = Skip to the content
nav-main = Main
nav-events = Events
nav-bookings = My bookings
test-mode = Test mode: no card is charged
footer-promise = Every ticket is sold only once. We keep no money without a confirmed booking.
footer-languages = Languages

## The list of events

events-title = Upcoming events
events-heading = What’s on, and what’s left
events-lead = Concerts, theatre, sport. Real seats, real counts, no waiting room.
events-found = Events for “{ $words }”
search-label = Search by event, artist, venue, city or country
search-placeholder = Event, artist, city …
search-button = Search
events-none-announced = No events are announced right now
events-come-back = Come back soon.
events-none-found = Nothing found
events-search-again = Check the spelling, or try fewer words.
events-all = All upcoming events
events-from = from { $slot }
events-pages = Pages of events
events-first-page = Back to the first
events-next-page = More events
events-opens = Opens { $date }
events-on-sale = On sale
events-some-held = All held, may come back
filters-heading = Filters
filters-show = Show events
filters-clear = Clear all
filters-active = Active filters
filters-remove = Remove the filter “{ $filter }”
filters-any = All
filters-city = City
filters-country = Country
filters-genre = Kind of event
filters-from = From
filters-to = Until
filters-price = Price up to
filters-currency = Currency
chip-from = From { $date }
chip-to = Until { $date }
chip-price = Up to { $amount }
chip-series = One series of dates
events-featured = Don’t miss
events-today = Today
events-this-week = This week
events-this-weekend = This weekend
events-next-week = Next week
events-fitting = Matching events
events-not-exactly = Nothing matches “{ $words }” exactly.
events-did-you-mean = Did you mean { $slot }?
events-none-fit = No event matches all of this
events-drop-filters = Search without filters
events-any-day = Show all dates
events-other-days = The nearest other dates
events-coming-up = Coming up next
events-without-filters = Without the filters
genre-concert = Concert
genre-classical = Classical music
genre-opera = Opera
genre-musical = Musical
genre-theatre = Theatre
genre-dance = Dance
genre-comedy = Comedy
genre-festival = Festival
genre-club = Club night
genre-sport = Sport
genre-family = Family
genre-talk = Talk
genre-film = Film
genre-exhibition = Exhibition
genre-other = Other
counts-old =
    { $count ->
        [one] We cannot check just now: these numbers are { $number } minute old.
       *[other] We cannot check just now: these numbers are { $number } minutes old.
    }

## What is left of a tier

stock-open = { $number } left
stock-few = Only { $number } left
stock-held = All held by others, some may come back
stock-sold = Sold out

## The page of an event

event-all-events = All events
event-when = When
event-where = Where
# A place and what it lies in, a time zone and its offset.
two-parts = { $first }, { $second }
event-date-time = { $date }, { $time }
# Said of the picture of an event to those who do not see it.
event-picture = Picture of { $name }
event-over = This event has begun
event-over-text = Its sale is over.
event-over-link = See what else is on.
event-soon = The sale has not opened yet
event-soon-text = It opens { $slot }
event-opens-in = Opens in
event-reload = Reload this page then.
event-prices = Prices
facts-heading = Good to know
facts-genre = Kind of event
facts-doors = Doors
facts-start = Start
facts-end = End
facts-end-about = { $time } ({ $length })
length-hours = { $hours } h
length-minutes = { $minutes } min
length-both = { $hours } h { $minutes } min
facts-age = Age
age-all = All ages are welcome
age-from = { $number } and over
facts-lineup = Line-up
facts-address = Address
facts-map = Show on a map
facts-access = Accessibility
facts-organiser = Organiser
facts-refunds = Refunds
facts-terms = The organiser’s terms
facts-dates = More dates
facts-about = About this event
pay-terms = Refunds and terms: { $slot }
pay-terms-link = read them on the event’s page
access-step-free = Step-free entrance
access-wheelchair-places = Wheelchair places
access-accessible-toilet = Accessible toilet
access-accessible-parking = Accessible parking
access-hearing-loop = Hearing loop
access-assistance-dogs = Assistance dogs welcome
access-sign-language = Sign-language interpretation
access-captions = Surtitles or captions
access-audio-description = Audio description
access-relaxed = Relaxed performance
tier-numbered = Numbered seats
tier-general = General admission
tier-each = { $slot } each
tier-choose-seats = Choose exact seats
tier-choose-seats-of = Choose exact seats in { $tier }
tier-quantity = Number of { $tier } tickets
order-choose = Choose your tickets
order-summary = Your order
order-limit =
    { $count ->
        [one] Up to { $number } ticket per booking and { $buyer } per buyer.
       *[other] Up to { $number } tickets per booking and { $buyer } per buyer.
    }
order-promise = We hold them for you while you pay; you are charged only when you press Pay.
order-total = Total
order-book = Book
own-holds =
    { $count ->
        [one] You already hold { $number } ticket for this event
       *[other] You already hold { $number } tickets for this event
    }
own-holds-keep =
    { $count ->
        [one] Keep it and book these as well
       *[other] Keep them and book these as well
    }
own-holds-replace =
    { $count ->
        [one] Give that ticket back and take these instead
       *[other] Give those { $number } tickets back and take these instead
    }
order-choose-tickets = Choose tickets
order-choose-more-seats =
    { $count ->
        [one] Choose { $number } more seat
       *[other] Choose { $number } more seats
    }
order-best-seats = We pick the best seats together, unless you choose them yourself.
order-all-sold = Every ticket is sold.
order-all-held = Every ticket is sold or in another buyer’s order. Some may come back within minutes.

## Seat maps

map-hint = Choose the seats you want, or set a number above and we find the best together.
map-sections = Rows of { $tier }
map-section = Rows { $rows }
map-free =
    { $count ->
       *[other] { $number } free
    }
map-none-free = none free
map-title = The hall
map-label = Seat map of the hall, a drawing; the lists of seats above show the same
map-how = Drag to look around; pinch, press + or tap a crowded place to come closer. On a keyboard the arrow keys go from free seat to free seat and the space bar chooses.
map-stage = Stage
map-stage-this-way = Stage this way ↑
map-legend-free = Free
map-legend-yours = Yours
map-legend-held = Held by others
map-legend-sold = Sold
map-wheelchair = Wheelchair place
map-companion = Companion seat beside it
map-list = { $tier } seats as a list
map-other-rows = Other rows
map-row = Row { $row }

## Why an order is refused

refused-seats-differ = Choose as many seats as tickets
refused-seats-differ-text = The number of tickets and the seats you chose are not the same. Nothing was booked or charged.
# $tickets, $seats and $instead are such as “2 tickets”; $instead says how many tickets to choose instead.
refused-seats-too-few =
    { $count ->
        [one] You chose { $tickets } and { $seats }: choose { $number } more seat, or { $instead }.
       *[other] You chose { $tickets } and { $seats }: choose { $number } more seats, or { $instead }.
    }
refused-seats-too-many =
    { $count ->
        [one] You chose { $tickets } and { $seats }: untick { $number } seat, or { $instead }.
       *[other] You chose { $tickets } and { $seats }: untick { $number } seats, or { $instead }.
    }
tickets =
    { $count ->
        [one] { $number } ticket
       *[other] { $number } tickets
    }
seats =
    { $count ->
        [one] { $number } seat
       *[other] { $number } seats
    }
refused-over-limit = That is more than one booking can hold
refused-over-limit-text =
    { $count ->
        [one] One booking can hold { $number } ticket; you chose { $asked }. Nothing was booked.
       *[other] One booking can hold { $number } tickets; you chose { $asked }. Nothing was booked.
    }
refused-empty = No tickets chosen yet
refused-empty-text = Choose how many tickets you would like, then book.
refused-invalid = Please check your order
refused-invalid-text = Something in it cannot be booked. Nothing was booked or charged.
refused-whole-number = Choose a whole number of tickets.
refused-sold-out = There are not enough tickets left
refused-sold-out-text = Nothing was booked: we never book a part of an order. Choose from what is left.
refused-none-left = None left.
refused-only-left = Only { $number } left.
refused-held = Others are holding these tickets
refused-held-text = They are in other buyers’ orders and may come back within minutes. Nothing was booked; try again in a moment.
refused-held-tier = Held by others right now.
refused-some-held = Not enough free tickets right now
refused-some-held-text = Other buyers are holding the rest; some may come back within minutes. Nothing was booked: we never book a part of an order.
refused-only-free = Only { $number } free right now.
refused-buyer-limit = That is more than one buyer can have
refused-buyer-limit-none =
    { $count ->
        [one] One buyer can have { $number } ticket of this event, and you have it. Nothing was booked.
       *[other] One buyer can have { $number } tickets of this event, and you have them. Nothing was booked.
    }
refused-buyer-limit-left =
    { $count ->
        [one] One buyer can have { $number } ticket of this event; you can book { $left } more. Nothing was booked.
       *[other] One buyer can have { $number } tickets of this event; you can book { $left } more. Nothing was booked.
    }
refused-nothing-booked = Nothing was booked.
refused-too-early = The sale has not opened yet
refused-over = The sale is over
refused-over-text = The event has begun. Nothing was booked.
refused-key-reused = You have booked with this form already
refused-key-reused-text = This form was sent before with another choice, and that order stands. Send it again if you want a second one.
refused-key-reused-link = Look at my bookings
refused-undecided = Nothing has been booked yet. Say in your order below whether you want these tickets as well, or instead.
refused-hold-link = Keep what I hold, and pay
refused-hold-kept = What you held before is still yours.
refused-paid = Your earlier tickets are paid
refused-paid-text = You have paid for them, or your bank is deciding just now. Nothing was changed. If you want more tickets, book once more.
refused-paid-link = Look at that booking
refused-busy = We are very busy just now
refused-busy-text = Your choice is still here. Book again in a moment: the same order is never booked twice.
refused-seats-gone = Some of your seats are gone
refused-seats-gone-text = Somebody was a moment faster. Nothing was booked or charged. Pick others, or let us choose the best seats together.
refused-seats-offered = Somebody was a moment faster. Nothing was booked or charged. The nearest seats that are free are ticked for you: book them, pick others, or untick all and let us choose.
refused-seats-few =
    { $count ->
       *[other] Somebody was a moment faster. Nothing was booked or charged. You chose { $wanted } seats and only { $number } are free now: they are ticked for you.
    }
refused-just-taken = Just taken: { $seats }.
refused-ticked-instead = Ticked instead: { $seats }.

## A booking's states

state-pending = Waiting for payment
state-confirmed = Confirmed
state-failed = Payment failed
state-expired = Expired
state-cancelled = Cancelled
booking-title = { $state }: { $event }
steps = Your booking, step by step
step-choose = Tickets
step-pay = Details & payment
step-done = Your tickets

## A booking that is held

hold-heading =
    { $count ->
        [one] Your ticket is held
       *[other] Your { $number } tickets are held
    }
hold-lead =
    { $count ->
        [one] You have until { $slot } to pay for it. You are charged only when you press Pay.
       *[other] You have until { $slot } to pay for them. You are charged only when you press Pay.
    }
hold-time-left = Time left to pay
bank-heading = Waiting for your bank
bank-lead = The payment is with the bank, which usually answers within a minute. Your tickets are kept for some minutes. This page shows the answer by itself; you can also close it and look under “My bookings” later. Do not pay again.
act-heading = Your payment needs one more step
act-lead = Confirm the payment with your bank or on the payment provider’s page. Nothing has been charged yet. Your tickets stay reserved until { $slot }.
act-continue = Continue and pay { $amount }
act-other = Pay in another way
act-needs-script = This step needs JavaScript. Without it you can pay in another way.
declined-abandoned = The payment was not completed. Nothing was charged. Your tickets are still held until { $time }: choose how to pay.
declined-unavailable = The payment provider does not answer just now. Nothing was charged. Your tickets are kept until { $time }: try again.
declined-refused = The payment provider did not accept the payment. Nothing was charged. Your tickets are still held: try again, or pay in another way.
declined-authentication = Your bank did not confirm the payment. Nothing was charged. Your tickets are still held: try again, or pay in another way.
declined-heading = The payment did not go through
declined-text = { $card }: { $why }. Nothing was charged. Your tickets are still held: try another card.
declined-text-online = { $why }. Nothing was charged. Your tickets are still held: try again, or pay in another way.
declined-tries-left =
    { $count ->
        [one] This is the last try.
       *[other] { $number } tries are left.
    }
pay-heading = Pay by card
pay-card-number = Card number
pay-card-problem = Check the card number: a digit seems wrong or missing. Nothing was charged.
contact-legend = Where can we reach you?
contact-hint = If this browser loses your tickets, this e-mail address and your booking’s reference open them again.
contact-name = Name
contact-email = E-mail address
contact-optional = (optional)
contact-name-problem = This name is too long.
contact-email-problem = Check the e-mail address: a part of it seems to be missing. Nothing was charged.
contact-name-missing = The organiser asks for your name. Nothing was charged.
contact-email-missing = The organiser asks for your e-mail address. Nothing was charged.
pay-simulated = Payments are simulated here: use a test card, never a real one.
pay-cancel = Plans change? Until the event begins you can cancel and get all of your money back.
pay-button = Pay { $amount }
pay-heading-any = Pay
pay-opening = The payment form is opening …
pay-method-problem = Fill in how you want to pay. Nothing was charged.
pay-hosted-hint = You pay on a page of the payment provider, and come back here afterwards.
pay-hosted-button = Pay { $amount } on the provider’s page
test-cards = Test cards
test-card-number = Number
test-card-does = What it does
test-card-succeeds = Succeeds
test-card-declined = Is declined
test-card-insufficient = Has insufficient funds
test-card-error = Cannot be processed just now
test-card-asks = Asks you to confirm (3-D Secure)
test-card-later = Answers later
give-back = Give the tickets back
give-back-text = They go back on sale at once, and somebody else may take them.
give-back-button =
    { $count ->
        [one] Give the ticket back
       *[other] Give all { $number } tickets back
    }
order-of-booking = Your order

## What a booking holds

items-what = What is in this booking
items-tickets = Tickets
items-sum = Sum
items-at = at { $price }
items-seats =
    { $count ->
        [one] Seat { $seats }
       *[other] Seats { $seats }
    }
items-together = together
reference = Reference { $slot }

## A booking that is confirmed

confirmed-heading = You’re going!
confirmed-lead =
    { $count ->
        [one] One ticket for { $event }, paid and yours.
       *[other] { $number } tickets for { $event }, paid and yours.
    }
confirmed-print = Print or save as PDF
confirmed-codes = Show the codes
confirmed-calendar = Add to calendar
ticket-row = Row
ticket-seat = Seat
ticket-admission = Admission
ticket-general = General
ticket-code = QR code of ticket { $number }
ticket-count = { $number } of { $all }
codes-show = Full screen
codes-show-one = Ticket { $number }, full screen
codes-previous = Previous ticket
codes-next = Next ticket
codes-close = Close
codes-hint = At the door: turn your screen’s brightness all the way up.
share-heading = Keep these tickets at hand
share-text = Whoever has this link sees this booking and its tickets. It opens them on any device.
share-link = Link to this booking
share-copy = Copy link
share-button = Share
phone-heading = Open on your phone
phone-text = Point your phone’s camera at this code: it opens this booking there.
phone-code = Code that opens this booking
offline-kept = These tickets also open without a connection: this browser keeps a copy for 90 days. If you start over as a new buyer, the copy is gone.
offline-copy = No connection to the shop. These are your tickets as of { $slot }; what has changed since is not shown.
paper-heading = On paper
paper-several = Several tickets on a page
paper-one = One ticket a page
cancel-heading = Cancel this booking
cancel-text =
    { $count ->
        [one] The ticket goes back on sale at once. { $amount } is refunded to your card.
       *[other] Your { $number } tickets go back on sale at once. { $amount } is refunded to your card.
    }
cancel-button = Cancel and refund { $amount }
back-to-event = Back to the event
receipt-heading = Receipt
receipt-what = What was bought
receipt-payments = Payments
receipt-booked = Booked { $time }
receipt-contact = Booked for { $contact }
calendar-seats = Seats { $seats }
calendar-reference = Reference { $reference }

## A booking that has ended

ended-expired = Your time to pay is up
ended-late = Your tickets are no longer held
ended-expired-text = You had not paid yet, so the tickets went back on sale.
ended-late-text = The bank’s answer did not come in time, so the tickets went back on sale.
ended-failed = The payment did not go through
ended-failed-text = No payment went through, so the tickets went back on sale.
ended-cancelled = This booking was cancelled
ended-cancelled-text = Its tickets went back on sale.
ended-book-again = Book these tickets again
ended-try-again = Try the same order again
ended-if-available = { $items }, if still available.
ended-other-seats = You may get different seats.
ended-what = What was ordered
money-none = Nothing was charged.
money-pending-expired = The payment with your { $card } is still with the bank. If it goes through, you get the tickets if they are still there, and otherwise all of the money back. Wait for the answer before you pay for other tickets.
money-pending = The payment with your { $card } is still with the bank. If it goes through, all of the money goes back.
money-refunded = { $amount } went back in full to your { $card }.
money-refund-failed = { $amount } could not be sent back to your { $card }. The organiser has been told and must return it in another way.
money-on-its-way = { $amount } is on its way back to your { $card }.
money-pending-expired-online = The payment is still being processed. If it goes through, you get the tickets if they are still there, and otherwise all of the money back. Wait for the answer before you pay for other tickets.
money-pending-online = The payment is still being processed. If it goes through, all of the money goes back.
money-refunded-online = { $amount } went back in full.
money-refund-failed-online = { $amount } could not be sent back. The organiser has been told and must return it in another way.
money-on-its-way-online = { $amount } is on its way back to whoever has paid.

## Payments

payment-card = { $brand } ending in { $digits }
payment-some-card = Card ending in { $digits }
payment-paid = Paid
payment-refunded = Refunded { $time }
payment-refund-due = Refund on its way
payment-refund-failed = Refund did not arrive
payment-processing = Waiting for the bank
payment-declined = Declined by the bank
payment-insufficient-funds = Declined for insufficient funds
payment-processing-error = The bank could not process it just now
payment-online = Online payment
payment-abandoned = Not completed
payment-unavailable = No answer from the payment provider
payment-refused = Not accepted by the payment provider
payment-authentication = Not confirmed with the bank
payment-not-charged = { $why }, not charged

## The list of bookings

bookings-lead = Kept in this browser, without an account.
bookings-lead-new = You have not booked anything in this browser yet.
bookings-none = No bookings here yet
bookings-none-text = What you book in this browser shows up here.
bookings-find = Find an event
bookings-to-pay = Waiting for you to pay
bookings-coming = Coming up
bookings-past = Past
bookings-ended = Cancelled or not paid
bookings-show = Show tickets
bookings-pay = Pay now
bookings-continue = Continue paying
bookings-pages = Pages of bookings
bookings-first-page = Back to the first page
bookings-next-page = More bookings
new-buyer-heading = Start over as a new buyer
new-buyer-text = This browser will no longer show these bookings and their tickets. They stay booked.
new-buyer-button = New buyer
retrieve-heading = Find my tickets
retrieve-lead = Tickets from another browser, or from before you started over.
retrieve-one = One booking
retrieve-one-text = Its reference is on the ticket and on the receipt. The e-mail address is the one that was typed in when it was paid.
retrieve-reference = Reference
retrieve-button = Open the booking
retrieve-not-found = We found no booking with this reference and this e-mail address. Check both. If no e-mail address was given, only the booking’s link or the browser it was booked in can open it.
move-heading = All bookings of another browser
move-text = On the other device open My bookings and choose “Move them to another device”. It shows a code.
move-code = Code
move-button = Bring them here
move-not-found = This code does not work, or not any more. Ask the other device for a new one.
move-code-heading = Your bookings are ready to move
move-code-lead = { $count ->
    [one] This code works for one minute, once.
   *[other] This code works for { $number } minutes, once.
}
move-code-qr = QR code that opens the other device’s page
move-code-text = Scan it with the other device, or open “Find my tickets” there and type the code. Your bookings then move there and leave this browser. Keep the code to yourself.
ways-heading = Tickets on another device
ways-find = Find my tickets
ways-move = Move them to another device
back-to-bookings = Back to my bookings
new-buyer-way-back = Keep this code before you start over
new-buyer-way-back-text = It brings your bookings and tickets back: once, on any device, within a year. Photograph it or write it down.
new-buyer-way-back-how = Later, open “Find my tickets” under My bookings and type it in.
new-buyer-sure = I have the code: start over

## Errors

error-quote = If you write to us, quote { $slot }.
error-again = Try again
error-events = Upcoming events
nothing-at-address = There is nothing at this address.
no-time = We could not get to your request in time.
event-begins = The event has begun, or is about to; bookings cannot be cancelled any more.
form-from-other-site = The form was sent from another site, so we did not act on it.
form-from-unknown-site = Your browser did not say from which site the form was sent, so we did not act on it.
wait-seconds =
    { $count ->
        [one] Try again in { $number } second.
       *[other] Try again in { $number } seconds.
    }
our-mistake = The mistake is ours, and we have a record of it.
not-found = This page does not exist
    .assurance = Your bookings are where they were; nothing was changed.
    .advice = The address may be mistyped, or the event may be gone. Look for it among the upcoming events.
no-booking = This booking cannot be shown here
    .assurance = If it is yours, it is where it was; nothing was changed.
    .advice = Open it with its link, or in the browser in which you booked. Yours are under My bookings.
forbidden = That is not allowed with this link
    .assurance = Nothing was changed and nothing was charged.
    .advice = A booking link is for seeing a booking and paying it. Its buyer can do the rest.
other-site = We did not do that
    .assurance = Nothing was booked, nothing was changed and nothing was charged.
    .advice = If you meant it, do it here: begin with the upcoming events. If this page comes again, try without browser extensions, or in another browser.
busy = We are very busy just now
    .assurance = No money is kept without a confirmed booking, and a form that is sent twice is carried out once.
    .advice = Reload this page in a moment: it sends the same request again.
too-many = That was a lot at once
    .assurance = Nothing was booked, nothing was changed and nothing was charged.
    .advice = Wait a moment, then reload this page: it sends the same request again.
internal-error = Something went wrong on our side
    .assurance = No money is ever kept without a confirmed booking.
    .advice = Look under My bookings for what became of your order before you try again.
too-late-to-cancel = Too late to cancel
    .assurance = Nothing was changed, and your tickets stay yours.
    .advice = Go back to your booking, or look under My bookings.
not-possible = That is not possible here
    .assurance = Nothing was changed and nothing was charged.
    .advice = Go back to the upcoming events and take it from there.
too-large = That was too much at once
    .assurance = Nothing was changed and nothing was charged.
    .advice = Go back and try again with less.
unreadable = We could not read that
    .assurance = Nothing was changed and nothing was charged.
    .advice = Go back, reload the page, and try again.
other-problem = That did not work
    .assurance = Nothing was charged.
    .advice = Go back to see how things stand, or look under My bookings.

## Problems of the API

problem-unreadable = The request cannot be read
problem-invalid = The request is not valid
problem-body-not-json = The body is not JSON: { $reason }
problem-body-unreadable = The body cannot be read
problem-form-unreadable = The form cannot be read
problem-key-missing = Exactly one Idempotency-Key header is needed: any 1 to 255 printable characters
problem-key-unprintable = The Idempotency-Key must be 1 to 255 printable characters
problem-malformed-detail = The request is not HTTP
problem-head-too-large-detail = The headers of a request may have 128 KiB at most
problem-accept = Nothing here is acceptable to the client
problem-accept-detail = What is sent here is { $sent }, and the Accept header leaves it out
problem-media-type = The content type is not supported
problem-media-type-detail = Send the body as { $expected }
problem-coding = The content coding is not supported
problem-coding-detail = Bodies are read as they are: send this one without the Content-Encoding header
problem-too-slow = The request is too slow
problem-too-slow-detail = The body must arrive within { $seconds } seconds
problem-too-large = The request is too large
problem-too-large-detail = A body may have { $bytes } bytes at most
problem-method = The method is not allowed
problem-method-detail = { $method } is not possible here
problem-not-found = Not found
problem-no-event = There is no such event
problem-no-booking = There is no such booking
problem-no-payment = There is no such payment
problem-no-tier = There is no such tier
problem-no-gate = There is no such gate
problem-no-list = There is no such list
problem-no-scan = There is no such scan
problem-scan-not-undoable = The scan cannot be undone
problem-scan-not-undoable-detail = It changed nothing, or the ticket was scanned again since
problem-no-page = There is no such page or endpoint
problem-no-file = There is no such file
problem-no-calendar-file = There is no such calendar file
problem-who-are-you = Who are you?
problem-token-missing = Send a token as Authorization: Bearer; POST /api/buyers makes one
problem-token-unknown = The token is not one of ours
problem-token-expired = The token expired at { $time }
problem-token-revoked = The token was revoked
problem-token-malformed = The Authorization header must be: Bearer, a space, and a token
problem-two-tokens = There are two Authorization headers
problem-not-allowed = Not allowed
problem-scope-missing = The token lacks the scope { $scope }
problem-for-themselves = on_behalf_of is for API tokens; a buyer acts for themselves
problem-link-cannot-cancel = A booking link is for reading and paying, not for cancelling
problem-other-site = Sent from another site
problem-other-site-detail = The form was sent from another site, so it was not carried out
problem-unknown-site = Sent from an unknown site
problem-unknown-site-detail = Your browser did not say from which site the form was sent, so it was not carried out
problem-busy = Too busy just now
problem-many-viewers = Too many viewers are watching. Read the availability from time to time instead
problem-many-orders-waiting = Too many orders are waiting. Nothing was booked; send the same key again
problem-many-payments-waiting = Too many payments are under way. Nothing was charged; send the same key again
problem-unavailable = Not available just now
problem-unavailable-detail = The service is not available just now. Try again with the same Idempotency-Key
problem-internal = Something went wrong on our side
problem-internal-detail = It was logged under the request id
problem-too-many-requests = Too many requests
problem-many-bookings = Too many bookings within { $window } seconds. Nothing was done; try again in { $seconds } seconds
problem-many-payments = Too many payments within { $window } seconds. Nothing was done; try again in { $seconds } seconds
problem-many-reads = Too many reads within { $window } seconds. Nothing was done; try again in { $seconds } seconds
problem-many-new-buyers = Too many new buyers within { $window } seconds. Nothing was done; try again in { $seconds } seconds
problem-many-retrievals = Too many retrievals within { $window } seconds. Nothing was done; try again in { $seconds } seconds
problem-many-webhooks = Too many webhooks within { $window } seconds. Nothing was done; try again in { $seconds } seconds
problem-sold-out = Sold out
problem-tier-sold-out = { $tier } is sold out
problem-tier-short = { $tier } has { $left } left, { $asked } were asked for
problem-held = Held by others
problem-held-being-taken = Other orders are just taking these tickets and may give them back. Try again in a moment
problem-held-unpaid = Others hold these tickets and have not paid yet. What is not paid in time comes back
problem-seats-taken = Seats are taken
problem-seats-taken-detail = Somebody else has taken some of these seats
problem-over-limit = Too many tickets for one booking
problem-over-limit-detail = One booking may hold { $limit } tickets of this event at most; { $asked } were asked for
problem-over-buyer-limit = Too many tickets for one buyer
problem-over-buyer-limit-detail = One buyer may have { $limit } tickets of this event at most; { $left } more may be booked
problem-not-on-sale = Not on sale
problem-sale-opens = The sale opens at { $time }
problem-sale-over = The event has begun; its sale is over
problem-key-reused = The idempotency key was used before
problem-key-reused-detail = This Idempotency-Key was used for another request. Use a new key for a new request
problem-hold-over = The hold is over
problem-hold-over-detail = The booking was not paid in time and its tickets were given back. This request has charged nothing
problem-not-pending = The booking is not pending
problem-already-paid = The booking is paid already
problem-cancelled = The booking was cancelled
problem-failed = The booking's payment was declined for good, and its tickets were given back
problem-paying = A payment is under way
problem-paying-detail = Another payment of this booking is under way. Wait for its outcome; this request has charged nothing
problem-too-late = Too late to cancel
problem-too-late-detail = The event has begun, or is about to; bookings cannot be cancelled any more
problem-declined = The payment was declined
problem-declined-funds = The card has insufficient funds. Nothing was charged
problem-declined-processing = The card could not be processed just now. Nothing was charged; try again
problem-declined-abandoned = The payment was interrupted. Nothing was charged; try again
problem-declined-card = The card was declined. Nothing was charged
problem-card = The card number is not valid
problem-webhook-not-json = The webhook is not JSON
problem-unsigned = The webhook is not signed by the gateway
problem-unsigned-detail = The Boxoffice-Signature header is missing, or does not fit the body
problem-stale = The webhook was signed too long ago
problem-stale-detail = The signature's time may be { $seconds } seconds from now at most
problem-amount = The amount differs
problem-amount-detail = The payment is of another amount or currency. Nothing was recorded
problem-many-pictures = Too many pictures are asked for. This one was not drawn
problem-no-picture = There is no such picture
field-parameter = is not a parameter of this list
field-country = must be two letters, ISO 3166-1
field-day = must be a day such as 2027-06-30
field-to-before-from = must not be before from
field-city = must be at most 200 characters
field-series = must be at most 64 characters
field-currency = must be an ISO 4217 currency code such as EUR
field-currency-missing = must be given with a price
field-price = must be an amount, 0 or more
field-one-each-tier = must have at most { $tiers } entries, one for each tier
field-one-each-ticket = must have at most { $limit } entries, one for each ticket
field-at-least-one-ticket = must ask for at least one ticket
field-at-least-one = must be at least 1
field-only-once = must not be there twice
field-known-tier = must be the code of one of the event's tiers
field-numbered-tier = must be a tier with numbered seats
field-number-or-seats = must not be among the items too: ask for a number or for seats
field-row = must be a row's letters
field-seat-of-row = must be a seat of the row
field-as-many-seats = must be as many as tickets of their tier
field-own-booking = must be a booking of the same buyer and event
field-on-behalf-of = must name the buyer on whose behalf the token acts
field-contact-not-asked = must not be there: the event asks for no contact
field-contact-missing = must have a name and an e-mail address
field-contact-name = must be at most 200 characters, without control characters
field-contact-email = must be an e-mail address
field-card-digits = must be digits, with spaces or hyphens between them at most
field-card-length = must have 12 to 19 digits
field-card-check = must be a valid card number: its check digit is wrong
field-cursor = must be a next_cursor of this list
field-printable = must be 1 to 255 printable characters
field-range = must be { $least } to { $most }
field-list-of-event = must be a list of the event
field-gate-name = must be 1 to { $most } printable characters
field-gate-name-taken = must not be the name of another open gate
field-gates-max = must not be one more: an event has at most { $limit }
field-code-or-ticket = must be there, unless ticket is: a code or a ticket, not both
field-code-length = must be at most { $most } characters
field-ticket = must be a ticket of this event, as the list and the search name it

## Texts of the page's script

script-days =
    { $count ->
        [one] { $number } day
       *[other] { $number } days
    }
script-days-short = { $number }d
script-hold =
    { $count ->
        [one] You hold { $number } ticket: { $time } left to pay
       *[other] You hold { $number } tickets: { $time } left to pay
    }
script-limit =
    { $count ->
        [one] At most { $number } ticket in one booking
       *[other] At most { $number } tickets in one booking
    }
script-unreachable = The time is up, and we cannot reach the shop to show what follows. The connection may be down; we keep trying.
script-no-answer = No answer came: the connection may be down. Try again; the same form is never carried out twice.
script-pay-missing = The payment form did not arrive: the connection may be down. Reload the page, or pay on the provider’s page.
script-act-missing = The bank’s question did not open: the connection may be down. Nothing was charged. Press “Continue” again, or pay in another way.
script-last-minute = Less than a minute left to pay.
script-pay-problem = That did not work. Nothing was charged; try again.
script-copied = The link is copied
script-your-time = { $time }, your time
script-where-you-are = ({ $time } where you are)
script-one-less = One less { $tier }
script-one-more = One more { $tier }
script-counts-unreached = We cannot reach the shop just now: what is left may have changed.
script-part-of = { $part } of { $whole }
script-map-smaller = Smaller seat map
script-map-larger = Larger seat map
script-map-whole = Show the whole hall
script-map-opening = The seat map is opening …
script-map-failed = The seat map did not arrive: the connection may be down. Try again.
script-map-list = Choose seats from a list
script-seat = { $tier } · Row { $row } · Seat { $seat } · { $price }
script-seat-given-up = given up
script-lonely =
    { $count ->
        [one] This leaves seat { $seats } free on its own. You can book it like that; one seat further along, nobody would have to sit alone.
       *[other] This leaves seats { $seats } free on their own. You can book it like that; one seat further along, nobody would have to sit alone.
    }
script-gone-some = Just taken by somebody else: { $seats }. Choose another one, or fewer tickets.
script-gone-all = Just taken by somebody else: { $seats }. Choose others, or book and we choose the best that are free.

problem-called-off = The event does not take place
problem-called-off-detail = The event was called off: nothing of it is sold any more, and what was paid goes back.
problem-many-exports = Too many exports are being written; try again in a moment.
problem-no-call-off = The event was not called off.
field-export-too-long = must be CSV or JSON lines: a spreadsheet has 1,048,575 rows at most
field-clue-or-event = must be given, or event_id
field-note = must be 1 to 2,000 characters
field-name-of-event = must be the event’s name, word for word
refused-called-off = This event was called off
refused-called-off-text = Nothing was booked, and nothing was charged.
event-called-off = This event does not take place
event-called-off-text = It was called off. Every booking is cancelled, and all of the money goes back to the cards that paid, without your asking.
stock-called-off = Called off
ended-called-off-text = The event was called off, so your booking was cancelled for you.
event-called-off-link = Your bookings

# Events that are called off, and tiers that are sold at their own times.
tier-opens = On sale from { $time }
tier-over = No longer on sale
tier-until = Until { $time }
tier-least =
    { $count ->
        [one] At least { $number } ticket per order
       *[other] At least { $number } tickets per order
    }
tier-most =
    { $count ->
        [one] Up to { $number } ticket per order
       *[other] Up to { $number } tickets per order
    }
refused-tier-closed = Some of these tickets are not on sale now
refused-tier-closed-text = Nothing was booked. Choose others, or come back then.
problem-tier-opens = { $tier }: on sale from { $time }
problem-tier-over = { $tier }: no longer on sale
field-at-least-of-tier = must be at least { $least } of this tier, or none
field-at-most-of-tier = must be at most { $most } of this tier

# What organisers are told of events.
problem-edited = Somebody has changed the event meanwhile
problem-edited-detail = The event is at version { $version } now: read it again, and send the change with that version
problem-event-state = The event does not allow this
problem-no-draft = This is done to drafts alone
problem-being-published = The event is being published: wait until its tickets are made
problem-not-free = Not enough tickets are free
problem-not-free-detail = Of { $asked } tickets to take out of sale { $free } are free; nothing was changed
field-given = must be given
field-text = must be 1 to { $most } characters
field-short = must be at most { $most } characters
field-country-code = must be two capital letters, ISO 3166-1
field-time-zone = must be an IANA time zone such as Europe/Lisbon
field-venue-zone = must be { $zone }: the venue is known already
field-contact-rule = must be none, optional or required
field-to-come = must be in the future
field-before-start = must be before the event starts
field-not-later = must not be later than { $time }: the sale is open
field-doors = must be at most 24 hours before the event starts, and not after
field-end = must be after the event starts, by 31 days at most
field-series-code = must be 1 to 64 of a-z, 0-9 and -
field-series-own = must not be the series of another organiser’s events
field-entries = must have { $least } to { $most } entries
field-stays = cannot be changed any more
field-tier-code = must be 1 to 32 of a-z, 0-9, - and _
field-row-blocks = must be blocks of 1 to 1000 seats together
field-rows-max = must leave at most 32000 rows
field-seat-label = must be a seat of the tier such as A-7
field-language = must be a language’s code such as de
field-after = must be after { $other }
field-at-least-other = must be at least { $other }
field-version = must be the version of the event that you have read
field-tiers-apart = must be changed one by one, at the event’s tiers
field-picture-format = must be a JPEG, PNG or WebP
field-picture-size = must have sides of 240 to 12000 pixels and 40 million pixels at most
field-picture-damaged = must be a picture that is not damaged

## Tiers that share a stock

tier-seats-of = Same seats as { $tier }: choose them there
refused-only-left-shared = Only { $number } left, and { $asked } of these and the tiers that share them were asked for.
problem-stock-short = { $tier } and the tiers that share its tickets have { $left } left, { $asked } were asked for
field-stock = must be the code of another tier of the event that has tickets of its own
field-of-stock = is that of the tier whose tickets it shares: leave it out
problem-stock-shared = Other tiers are sold from this tier's tickets: remove them first

## Questions and answers

problem-link-cannot-answer = A booking link is for reading and paying: what its buyer has answered is not shown, and not changed
problem-answers-over = The event has begun or does not take place, or the booking has ended: nothing can be answered any more
field-answer-missing = question { $question } must be answered
field-answer-missing-of = question { $question } must be answered for ticket { $ticket }
field-answer-asked = must be the number of a question that the event asks
field-answer-of-ticket = must be a ticket of the booking, counted from 1
field-answer-of-order = must not be there: the question is of the order
field-answer-one-of = must be one of: { $options }
field-answer-yes-no = must be yes or no
field-question = must be the number of a question of the event, or left out
field-stays-as-asked = cannot be changed: ask another question instead
answers-legend = Questions of the organiser
answers-ticket = Ticket { $number }: { $what }
answers-yes = Yes
answers-no = No
answers-choose = Please choose
answers-heading = Your answers
answers-text = You can change them until the event begins.
answers-save = Save answers
answers-link-text = The organiser asks this of whoever comes. What you answer is not shown here again.
answers-missing = Please answer this.
answers-too-long = At most { $most } characters.
answers-wrong = Please choose one of the answers.

## Changes of paid bookings

problem-not-paid = The booking is not paid
problem-not-paid-detail = Only a paid booking can be changed
problem-tickets-changed = The booking has no such tickets
problem-tickets-changed-detail = Not of this booking, or not any more: { $tickets }. Nothing was changed
problem-let-in = Somebody is in with these tickets
problem-let-in-detail = Let in already: { $tickets }. Nothing was changed
problem-dearer = The new tickets cost more
problem-dearer-detail = The difference is not charged: exchange them only if it was paid by hand, or if you waive it. Nothing was changed
problem-other-difference = The new tickets cost something else more
problem-other-difference-detail = What they cost more is not what was paid by hand. Nothing was changed: look again
problem-other-amount = Another amount would go back
problem-other-amount-detail = The booking has changed since the amount was shown. Nothing was changed: look again
problem-other-total = It costs something else by now
problem-other-total-detail = The price has changed since it was shown. Nothing was sold: look at the total again
problem-nothing-to-refund = So much is not left of the charge
problem-nothing-to-refund-detail = No charge of the booking is left from which that could go back. Nothing was changed
problem-refund-refused = This amount cannot go back
problem-refund-refused-detail = The payment provider cannot give back exactly this part of what was charged. Nothing was changed: give back other tickets, or cancel the booking
problem-only-cancelled = This booking can only be cancelled
problem-only-cancelled-detail = An organiser withheld, gave away or sold these tickets at the counter. They are exchanged within their tier at most: cancel the booking instead. Nothing was changed
field-tickets-none = must name at least one ticket
field-tickets-all = must not be all tickets: cancel the booking instead
field-tickets-one-tier = must be of one tier: exchange one tier after the other
field-tickets-same = must be other seats than those of the booking
field-seats-count = must be as many seats as tickets
field-tier-other-price = must be another tier: the booking has tickets of it at another price
field-tier-priced = must be the tickets’ own tier: taxes, fees or a promo code are in the prices. Give the tickets back and book anew
field-seat-unknown = must be a ticket of the tier, such as A-7, or a number where seats have none
field-tier-unknown = must be the code of a tier of the event
receipt-ordered = Ordered
receipt-returned = Given back
receipt-part = { $amount } given back on { $time }
receipt-part-due = { $amount } is on its way back
receipt-part-failed = A refund of { $amount } did not arrive
## Blocks, the box office, and what costs nothing

field-none-or-more = must be 0 or more
field-costs-nothing = must not be there: the booking costs nothing
field-too-little = must be at least what it costs
field-not-with-method = does not go with this method
field-paid-and-waived = was paid, or is waived: not both
field-guest-name = must say who the guest is
problem-no-block = There is no such block
price-free = Free
free-heading = It costs nothing
free-lead = You have until { $slot } to take them. No card is needed.
free-no-card = No card is needed, and none is charged.
free-button = Get the tickets
free-note = It costs nothing. No card was charged.
free-confirmed-lead =
    { $count ->
        [one] One ticket for { $event }, yours.
       *[other] { $number } tickets for { $event }, yours.
    }
free-cancel-text =
    { $count ->
        [one] The ticket goes back on sale at once.
       *[other] Your { $number } tickets go back on sale at once.
    }
payment-cash = Cash, at the box office
payment-terminal = Card terminal, at the box office
money-back-by-hand = { $amount } was given back at the box office.
money-due-by-hand = The box office gives { $amount } back to you.
# Events that were moved to another date.
moved-heading = New date
moved-was = Before
moved-is = Now
moved-before = Moved; before: { $date }
moved-until = Keep or return the tickets by { $date }
moved-event-text = Tickets that were bought before stay valid. Whoever cannot come on the new date can return them:
moved-before-paying = The event was moved after you chose these tickets. They are for the new date: pay only if you can come then.
moved-ask = Can you come? Your tickets stay valid for the new date, and you need do nothing.
moved-kept = You keep your tickets for the new date.
moved-return-until = You can return them for all of your money until { $date }.
moved-closed = Your tickets are valid for the new date. They could be returned until { $date }.
moved-keep = I keep the tickets
moved-return = I cannot come
moved-return-text =
    { $count ->
        [one] The ticket is given back, and { $amount } goes back to your card. This cannot be undone.
       *[other] The tickets are given back, and { $amount } goes back to your card. This cannot be undone.
    }
moved-return-button = Return and get { $amount } back
moved-buyer-alone = Only whoever has booked can return the tickets.
ticket-was-used = Somebody has come in with one of these tickets.
already-admitted = The tickets cannot be returned
    .assurance = Your booking stays as it is.
    .advice = If that is a mistake, ask the organiser.
field-move-answer = must be keep or return
field-by-moving = is changed by moving the event, so that its buyers are asked
field-another-date = must be another date, unless the venue is another one
problem-not-published = This is done to published events alone
problem-no-move = The event was not moved.
problem-not-asked = Nothing is asked
problem-not-asked-detail = The event was not moved since the booking was made, or the booking is not paid
problem-moved-again = The event was moved again
problem-moved-again-detail = Read what stands now, and answer to that
problem-answer-closed = Too late to answer
problem-answer-closed-detail = The time to return the tickets is over; they are valid for the new date
problem-admitted = A ticket was used
problem-admitted-detail = Somebody has come in with one of the tickets since the event was moved
field-yes-or-no = must be true or false
# Halls.
problem-no-hall = There is no such hall.
field-stays-in-hall = cannot be changed: the seats are those of a hall
field-hall-section = must be a section of the hall
field-hall-row = must be a row of the section
field-hall-section-name = must be 1 to 40 characters, none of : " \
field-hall-row-label = must be 1 to 8 characters without spaces, none of : - " \
field-hall-length = must be { $least } to { $most } in steps of 0.5
field-hall-seats = must be seats and gaps such as 4 _ 12, at most { $most }
field-hall-numbers = must be { $seats } different numbers such as 1-12 or 23-1/2, 2-24/2
field-hall-apart = is in the way of { $other }
field-hall-stage = is in the way of the stage
field-hall-fewer = must have at most { $most } seats in all
# Prices, taxes, fees, promo codes
percent = { $number }%
price-includes = Includes { $parts }
price-part = { $name } { $of }
price-was = Instead of
price-of-order = Plus { $names } { $amount } for the order
line-discount = Code { $code }
line-discount-percent = Code { $code } ({ $percent } off)
line-tax = { $name } { $percent }
line-contained = Contains { $name }
code-label = Promo code
code-apply = Apply
code-takes-percent = { $code }: { $percent } off each ticket
code-takes-amount = { $code }: { $amount } off each ticket
code-unlocks = { $code } unlocks the tickets shown here
code-unknown = There is no such promo code
code-withdrawn = This promo code is no longer accepted
code-not-yet = This promo code is valid from { $time }
code-over = This promo code is no longer valid
code-used-up = This promo code has been used as often as it may be
code-used-up-by-buyer = You have used this promo code as often as you may: { $limit } times at most
code-not-for-these = This promo code is not for these tickets
refused-code = The promo code cannot be used
refused-code-text = Nothing was booked. Change the code or leave it out, and book again.
order-with-code = These tickets are sold with a promo code: enter yours.
stock-with-code = With a code
problem-code = The promo code cannot be used
field-amount-or-percent = must be an amount or a percentage, one of both
field-promo-code = must be 1 to 32 of A-Z, 0-9, - and _

# Paying through a provider.
field-payment-method = must be a payment method’s token, such as pm_card_visa
field-payment-method-missing = is missing
field-card-number-not-taken = must not be there: card numbers are for the payment provider alone. Send payment_method
field-card-or-method = must not be there beside payment_method
field-return-url = must be an address that begins with http:// or https://
problem-amount-refused = This amount cannot be charged
problem-amount-refused-detail = The payment provider does not charge such an amount. Nothing was charged
problem-declined-unavailable = The payment provider does not answer just now. Nothing was charged, and your tickets are kept for some minutes more; try again shortly
problem-declined-refused = The payment could not be made. Nothing was charged; try again, or pay in another way
problem-declined-authentication = Your bank did not confirm the payment. Nothing was charged
test-bank-title = Your bank asks
test-bank-lead = Do you want to pay { $amount }?
test-bank-yes = Yes, pay
test-bank-no = No
test-bank-over = This was answered already, or it is too late.
test-bank-back = Back to the booking
test-bank-hint = This page stands for the page of a bank. No money is moved.
