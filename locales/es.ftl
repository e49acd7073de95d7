# The texts of the pages in Spanish. What variables stand for is said in en.ftl.

## What is around every page

language = Español
skip-to-content = Ir al contenido
nav-main = Principal
nav-events = Eventos
nav-bookings = Mis reservas
test-mode = Modo de prueba: no se cobra a ninguna tarjeta
footer-promise = Cada entrada es un asiento o una plaza y se vende una sola vez. No nos quedamos con ningún pago sin una reserva confirmada.
footer-languages = Idiomas

## The list of events

events-title = Próximos eventos
events-heading = Qué hay y cuánto queda
events-lead = Conciertos, teatro, deporte. Asientos reales, cifras reales y sin sala de espera.
events-found = Eventos para «{ $words }»
search-label = Buscar por evento, artista, sala, ciudad o país
search-placeholder = Evento, artista, ciudad…
search-button = Buscar
events-none-announced = Ahora mismo no hay eventos anunciados
events-come-back = Vuelve pronto.
events-none-found = Sin resultados
events-search-again = Revisa cómo está escrito o prueba con menos palabras.
events-all = Todos los próximos eventos
events-from = desde { $slot }
events-pages = Páginas de eventos
events-first-page = Volver al principio
events-next-page = Más eventos
events-opens = A la venta el { $date }
events-on-sale = A la venta
events-some-held = Todas en otros pedidos; podrían liberarse
filters-heading = Filtros
filters-show = Ver eventos
filters-clear = Quitar todo
filters-active = Filtros activos
filters-remove = Quitar el filtro «{ $filter }»
filters-any = Todos
filters-city = Ciudad
filters-country = País
filters-genre = Tipo de evento
filters-from = Desde
filters-to = Hasta
filters-price = Precio hasta
filters-currency = Moneda
chip-from = Desde el { $date }
chip-to = Hasta el { $date }
chip-price = Hasta { $amount }
chip-series = Una misma serie de fechas
events-featured = No te lo pierdas
events-today = Hoy
events-this-week = Esta semana
events-this-weekend = Este fin de semana
events-next-week = La próxima semana
events-fitting = Eventos que encajan
events-not-exactly = No hay nada que coincida exactamente con «{ $words }».
events-did-you-mean = ¿Quisiste decir { $slot }?
events-none-fit = Ningún evento cumple todo esto
events-drop-filters = Buscar sin filtros
events-any-day = Ver todas las fechas
events-other-days = Las otras fechas más próximas
events-coming-up = Próximamente
events-without-filters = Sin los filtros
genre-concert = Concierto
genre-classical = Música clásica
genre-opera = Ópera
genre-musical = Musical
genre-theatre = Teatro
genre-dance = Danza
genre-comedy = Comedia
genre-festival = Festival
genre-club = Noche de club
genre-sport = Deporte
genre-family = Familia
genre-talk = Charla
genre-film = Cine
genre-exhibition = Exposición
genre-other = Otros
counts-old =
    { $count ->
        [one] Ahora mismo no podemos actualizar la disponibilidad: la que ves es de hace { $number } minuto.
       *[other] Ahora mismo no podemos actualizar la disponibilidad: la que ves es de hace { $number } minutos.
    }

## What is left of a tier

stock-open = Disponibles: { $number }
stock-few = Ya solo hay { $number }
stock-held = Todas en otros pedidos; podrían liberarse algunas
stock-sold = Agotado

## The page of an event

event-all-events = Todos los eventos
event-when = Cuándo
event-where = Dónde
two-parts = { $first }, { $second }
event-date-time = { $date }, { $time }
# Said of the picture of an event to those who do not see it.
event-picture = Imagen de { $name }
event-over = Este evento ya ha empezado
event-over-text = La venta ha terminado.
event-over-link = Mira qué más hay.
event-soon = La venta aún no ha empezado
event-soon-text = Empieza el { $slot }
event-opens-in = Empieza en
event-reload = Recarga esta página en ese momento.
event-prices = Precios
facts-heading = Conviene saber
facts-genre = Tipo
facts-doors = Apertura de puertas
facts-start = Comienzo
facts-end = Final
facts-end-about = { $time } ({ $length })
length-hours = { $hours } h
length-minutes = { $minutes } min
length-both = { $hours } h { $minutes } min
facts-age = Edad
age-all = Para todas las edades
age-from = A partir de { $number } años
facts-lineup = Cartel
facts-address = Dirección
facts-map = Ver en un mapa
facts-access = Accesibilidad
facts-organiser = Organizador
facts-refunds = Reembolsos
facts-terms = Condiciones del organizador
facts-dates = Más fechas
facts-about = Sobre este evento
pay-terms = Reembolsos y condiciones: { $slot }
pay-terms-link = léelos en la página del evento
access-step-free = Entrada sin escalones
access-wheelchair-places = Plazas para sillas de ruedas
access-accessible-toilet = Aseo accesible
access-accessible-parking = Aparcamiento accesible
access-hearing-loop = Bucle magnético
access-assistance-dogs = Perros de asistencia bienvenidos
access-sign-language = Interpretación en lengua de signos
access-captions = Sobretítulos
access-audio-description = Audiodescripción
access-relaxed = Función relajada
tier-numbered = Asientos numerados
tier-general = Entrada general
tier-each = { $slot } cada una
tier-choose-seats = Elegir asientos
tier-choose-seats-of = Elegir asientos en { $tier }
tier-quantity = Número de entradas { $tier }
order-choose = Elige tus entradas
order-summary = Tu pedido
order-limit =
    { $count ->
        [one] Como máximo, { $number } entrada por reserva y { $buyer } por comprador.
       *[other] Como máximo, { $number } entradas por reserva y { $buyer } por comprador.
    }
order-promise = Te las guardamos mientras pagas; solo se te cobra cuando pulsas «Pagar».
order-total = Total
order-book = Reservar
own-holds =
    { $count ->
        [one] Ya tienes { $number } entrada reservada para este evento
       *[other] Ya tienes { $number } entradas reservadas para este evento
    }
own-holds-keep =
    { $count ->
        [one] Conservarla y reservar también estas
       *[other] Conservarlas y reservar también estas
    }
own-holds-replace =
    { $count ->
        [one] Devolver esa entrada y quedarme con estas
       *[other] Devolver esas { $number } entradas y quedarme con estas
    }
order-choose-tickets = Elige entradas
order-choose-more-seats =
    { $count ->
        [one] Elige { $number } asiento más
       *[other] Elige { $number } asientos más
    }
order-best-seats = Te damos los mejores asientos numerados que encontremos juntos, salvo que elijas otros.
order-all-sold = Todas las entradas están vendidas.
order-all-held = Todas las entradas están vendidas o en el pedido de otra persona. Algunas podrían liberarse en unos minutos.

## Seat maps

map-hint = Elige los asientos que quieras, o indica arriba cuántos y buscamos los mejores juntos.
map-sections = Filas de { $tier }
map-section = Filas { $rows }
map-free =
    { $count ->
        [one] { $number } libre
       *[other] { $number } libres
    }
map-none-free = ninguno libre
map-title = La sala
map-label = Plano de la sala, en dibujo; las listas de asientos de arriba muestran lo mismo
map-how = Arrastra para moverte; separa dos dedos, pulsa + o toca una zona con muchos asientos para acercarte. Con el teclado, las flechas van de un asiento libre a otro y la barra espaciadora elige.
map-stage = Escenario
map-stage-this-way = Hacia el escenario ↑
map-legend-free = Libre
map-legend-yours = Tuyo
map-legend-held = En otro pedido
map-legend-sold = Vendido
map-wheelchair = Plaza para silla de ruedas
map-companion = Asiento de acompañante al lado
map-list = Asientos de { $tier } en lista
map-other-rows = Otras filas
map-row = Fila { $row }

## Why an order is refused

refused-seats-differ = Elige tantos asientos como entradas
refused-seats-differ-text = El número de entradas y el de asientos no coinciden. No se ha reservado ni cobrado nada.
# $tickets, $seats and $instead are such as “2 entradas”; $instead says how many tickets to choose instead.
refused-seats-too-few =
    { $count ->
        [one] Has elegido { $tickets } y { $seats }: elige { $number } asiento más, o bien solo { $instead }.
       *[other] Has elegido { $tickets } y { $seats }: elige { $number } asientos más, o bien solo { $instead }.
    }
refused-seats-too-many =
    { $count ->
        [one] Has elegido { $tickets } y { $seats }: desmarca { $number } asiento o elige { $instead }.
       *[other] Has elegido { $tickets } y { $seats }: desmarca { $number } asientos o elige { $instead }.
    }
tickets =
    { $count ->
        [one] { $number } entrada
       *[other] { $number } entradas
    }
seats =
    { $count ->
        [one] { $number } asiento
       *[other] { $number } asientos
    }
refused-over-limit = Son demasiadas entradas para una reserva
refused-over-limit-text =
    { $count ->
        [one] El máximo por reserva es de { $number } entrada; has elegido { $asked }. No se ha reservado nada.
       *[other] El máximo por reserva es de { $number } entradas; has elegido { $asked }. No se ha reservado nada.
    }
refused-empty = Aún no has elegido entradas
refused-empty-text = Elige cuántas entradas quieres y luego reserva.
refused-invalid = Revisa tu pedido
refused-invalid-text = Algo de lo que contiene no se puede reservar. No se ha reservado ni cobrado nada.
refused-whole-number = Elige un número entero de entradas.
refused-sold-out = No quedan suficientes entradas
refused-sold-out-text = No se ha reservado nada: nunca reservamos solo una parte de un pedido. Elige entre las que quedan.
refused-none-left = No queda ninguna.
refused-only-left = Ya solo hay { $number }.
refused-held = Estas entradas están en otros pedidos
refused-held-text = Otras personas las tienen en su pedido y podrían liberarse en unos minutos. No se ha reservado nada; inténtalo de nuevo en un momento.
refused-held-tier = Ahora mismo, en otros pedidos.
refused-some-held = Ahora mismo no hay suficientes entradas libres
refused-some-held-text = Las demás están en otros pedidos; algunas podrían liberarse en unos minutos. No se ha reservado nada: nunca reservamos solo una parte de un pedido.
refused-only-free = Libres ahora mismo: solo { $number }.
refused-buyer-limit = Superas el máximo por comprador
refused-buyer-limit-none =
    { $count ->
        [one] Cada comprador puede tener { $number } entrada para este evento, y ya la tienes. No se ha reservado nada.
       *[other] Cada comprador puede tener { $number } entradas para este evento, y ya las tienes. No se ha reservado nada.
    }
refused-buyer-limit-left =
    { $count ->
        [one] Cada comprador puede tener { $number } entrada para este evento; puedes reservar { $left } más. No se ha reservado nada.
       *[other] Cada comprador puede tener { $number } entradas para este evento; puedes reservar { $left } más. No se ha reservado nada.
    }
refused-nothing-booked = No se ha reservado nada.
refused-too-early = La venta aún no ha empezado
refused-over = La venta ha terminado
refused-over-text = El evento ya ha empezado. No se ha reservado nada.
refused-key-reused = Ya has reservado con este formulario
refused-key-reused-text = Este formulario ya se envió con otra selección, y ese pedido sigue en pie. Envíalo otra vez si quieres un segundo pedido.
refused-key-reused-link = Ver mis reservas
refused-undecided = Todavía no se ha reservado nada. Indica abajo, en tu pedido, si quieres estas entradas además o en su lugar.
refused-hold-link = Conservar las reservadas y pagar
refused-hold-kept = Lo que tenías reservado sigue siendo tuyo.
refused-paid = Tus entradas anteriores ya están pagadas
refused-paid-text = Las has pagado, o tu banco lo está decidiendo. No se ha cambiado nada. Si quieres más entradas, reserva otra vez.
refused-paid-link = Ver esa reserva
refused-busy = Ahora mismo tenemos muchísima demanda
refused-busy-text = Tu selección sigue aquí. Vuelve a reservar en un momento: el mismo pedido nunca se reserva dos veces.
refused-seats-gone = Algunos de tus asientos ya no están libres
refused-seats-gone-text = Alguien se te ha adelantado. No se ha reservado ni cobrado nada. Elige otros o deja que busquemos los mejores asientos juntos.
refused-seats-offered = Alguien se te ha adelantado. No se ha reservado ni cobrado nada. Te hemos marcado los asientos libres más cercanos: resérvalos, elige otros o desmárcalos todos y elegimos por ti.
refused-seats-few =
    { $count ->
        [one] Alguien se te ha adelantado. No se ha reservado ni cobrado nada. Has elegido { $wanted } asientos y ahora solo hay { $number } libre: te lo hemos marcado.
       *[other] Alguien se te ha adelantado. No se ha reservado ni cobrado nada. Has elegido { $wanted } asientos y ahora solo hay { $number } libres: te los hemos marcado.
    }
refused-just-taken = Acaban de llevarse: { $seats }.
refused-ticked-instead = Marcamos en su lugar: { $seats }.

## A booking's states

state-pending = Pendiente de pago
state-confirmed = Confirmada
state-failed = Pago fallido
state-expired = Caducada
state-cancelled = Cancelada
booking-title = { $state }: { $event }
steps = Tu reserva, paso a paso
step-choose = Entradas
step-pay = Datos y pago
step-done = Tus entradas

## A booking that is held

hold-heading =
    { $count ->
        [one] Te guardamos la entrada
       *[other] Te guardamos las { $number } entradas
    }
hold-lead =
    { $count ->
        [one] Tienes hasta las { $slot } para pagarla. Solo se te cobra cuando pulsas «Pagar».
       *[other] Tienes hasta las { $slot } para pagarlas. Solo se te cobra cuando pulsas «Pagar».
    }
hold-time-left = Tiempo para pagar
bank-heading = Esperando a tu banco
bank-lead = El pago está en manos del banco, que suele responder en menos de un minuto. Te guardamos las entradas unos minutos. Esta página mostrará la respuesta por sí sola; también puedes cerrarla y mirar más tarde en «Mis reservas». No pagues otra vez.
act-heading = A tu pago le falta un paso
act-lead = Confirma el pago con tu banco o en la página del proveedor de pagos. Aún no se ha cobrado nada. Te guardamos las entradas hasta las { $slot }.
act-continue = Continuar y pagar { $amount }
act-other = Pagar de otra forma
act-needs-script = Este paso necesita JavaScript. Sin él, puedes pagar de otra forma.
declined-abandoned = El pago no se completó. No se ha cobrado nada. Te guardamos las entradas hasta las { $time }: elige cómo pagar.
declined-unavailable = El proveedor de pagos no responde en este momento. No se ha cobrado nada. Te guardamos las entradas hasta las { $time }: inténtalo de nuevo.
declined-refused = El proveedor de pagos no ha aceptado el pago. No se ha cobrado nada. Seguimos guardándote las entradas: inténtalo de nuevo o paga de otra forma.
declined-authentication = Tu banco no ha confirmado el pago. No se ha cobrado nada. Seguimos guardándote las entradas: inténtalo de nuevo o paga de otra forma.
declined-heading = El pago no se ha realizado
declined-text = { $card }. { $why }. No se ha cobrado nada. Seguimos guardándote las entradas: prueba con otra tarjeta.
declined-text-online = { $why }. No se ha cobrado nada. Seguimos guardándote las entradas: inténtalo de nuevo o paga de otra forma.
declined-tries-left =
    { $count ->
        [one] Es el último intento.
       *[other] Quedan { $number } intentos.
    }
pay-heading = Pagar con tarjeta
pay-card-number = Número de tarjeta
pay-card-problem = Revisa el número de tarjeta: parece que falta un dígito o que hay uno incorrecto. No se ha cobrado nada.
contact-legend = ¿Dónde te encontramos?
contact-hint = Con la referencia de la reserva, el correo electrónico vuelve a abrir tus entradas si este navegador las pierde.
contact-name = Nombre
contact-email = Correo electrónico
contact-optional = (opcional)
contact-name-problem = Este nombre es demasiado largo.
contact-email-problem = Revisa el correo electrónico: parece que falta una parte. No se ha cobrado nada.
contact-name-missing = El organizador pide tu nombre. No se ha cobrado nada.
contact-email-missing = El organizador pide tu correo electrónico. No se ha cobrado nada.
pay-simulated = Aquí los pagos son simulados: usa una tarjeta de prueba, nunca una real.
pay-cancel = ¿Cambian tus planes? Hasta que empiece el evento puedes cancelar y recuperar todo tu dinero.
pay-button = Pagar { $amount }
pay-heading-any = Pagar
pay-opening = Se está abriendo el formulario de pago…
pay-method-problem = Indica cómo quieres pagar. No se ha cobrado nada.
pay-hosted-hint = Pagas en una página del proveedor de pagos y después vuelves aquí.
pay-hosted-button = Pagar { $amount } en la página del proveedor
test-cards = Tarjetas de prueba
test-card-number = Número
test-card-does = Qué ocurre
test-card-succeeds = Se acepta
test-card-declined = Se rechaza
test-card-insufficient = No tiene fondos suficientes
test-card-error = No se puede procesar por ahora
test-card-asks = Te pide que confirmes (3-D Secure)
test-card-later = Responde más tarde
give-back = Devolver las entradas
give-back-text = Vuelven a la venta al momento y otra persona podría llevárselas.
give-back-button =
    { $count ->
        [one] Devolver la entrada
       *[other] Devolver las { $number } entradas
    }
order-of-booking = Tu pedido

## What a booking holds

items-what = Contenido de esta reserva
items-tickets = Entradas
items-sum = Importe
items-at = a { $price }
items-seats =
    { $count ->
        [one] Asiento { $seats }
       *[other] Asientos { $seats }
    }
items-together = juntos
reference = Referencia { $slot }

## A booking that is confirmed

confirmed-heading = ¡Nos vemos allí!
confirmed-lead =
    { $count ->
        [one] Una entrada para { $event }, pagada y tuya.
       *[other] { $number } entradas para { $event }, pagadas y tuyas.
    }
confirmed-print = Imprimir o guardar como PDF
confirmed-codes = Mostrar los códigos
confirmed-calendar = Añadir al calendario
ticket-row = Fila
ticket-seat = Asiento
ticket-admission = Entrada
ticket-general = General
ticket-code = Código QR de la entrada { $number }
ticket-count = { $number } de { $all }
codes-show = Pantalla completa
codes-show-one = Entrada { $number }, pantalla completa
codes-previous = Entrada anterior
codes-next = Entrada siguiente
codes-close = Cerrar
codes-hint = En la entrada: sube el brillo de la pantalla al máximo.
share-heading = Ten estas entradas a mano
share-text = Quien tenga este enlace puede ver esta reserva y sus entradas. Se abre en cualquier dispositivo.
share-link = Enlace a esta reserva
share-copy = Copiar enlace
share-button = Compartir
phone-heading = Abrir en el móvil
phone-text = Apunta con la cámara del móvil a este código y se abrirá allí esta reserva.
phone-code = Código que abre esta reserva
offline-kept = Estas entradas se abren también sin conexión: este navegador guarda una copia durante 90 días. Si empiezas como nuevo comprador, la copia se borra.
offline-copy = Sin conexión con la tienda. Estas son tus entradas tal como se guardaron ({ $slot }); lo que haya cambiado después no aparece.
paper-heading = En papel
paper-several = Varias entradas por página
paper-one = Una entrada por página
cancel-heading = Cancelar esta reserva
cancel-text =
    { $count ->
        [one] La entrada vuelve a la venta al momento. Te reembolsamos { $amount } en tu tarjeta.
       *[other] Las { $number } entradas vuelven a la venta al momento. Te reembolsamos { $amount } en tu tarjeta.
    }
cancel-button = Cancelar y recuperar { $amount }
back-to-event = Volver al evento
receipt-heading = Recibo
receipt-what = Detalle de la compra
receipt-payments = Pagos
receipt-booked = Reservado el { $time }
receipt-contact = Reservado para { $contact }
calendar-seats = Asientos: { $seats }
calendar-reference = Referencia: { $reference }

## A booking that has ended

ended-expired = Se ha agotado el tiempo
ended-late = Ya no te guardamos las entradas
ended-expired-text = Las entradas no se pagaron a tiempo y han vuelto a la venta.
ended-late-text = La respuesta del banco no llegó a tiempo, así que las entradas han vuelto a la venta.
ended-failed = El pago no se ha realizado
ended-failed-text = No se completó ningún pago, así que las entradas han vuelto a la venta.
ended-cancelled = Esta reserva se ha cancelado
ended-cancelled-text = Sus entradas han vuelto a la venta.
ended-book-again = Reservar de nuevo estas entradas
ended-try-again = Repetir el mismo pedido
ended-if-available = { $items }, si aún hay disponibilidad.
ended-other-seats = Los asientos podrían ser otros.
ended-what = Contenido del pedido
money-none = No se ha cobrado nada.
money-pending-expired = El banco aún está procesando tu pago ({ $card }). Si lo acepta, recibirás las entradas si siguen disponibles; si no, te devolveremos todo el dinero. Espera la respuesta antes de pagar otras entradas.
money-pending = El banco aún está procesando tu pago ({ $card }). Si lo acepta, te devolveremos todo el dinero.
money-refunded = Te hemos devuelto el importe íntegro: { $amount } ({ $card }).
money-refund-failed = No se ha podido devolver { $amount } ({ $card }). El organizador está avisado y debe devolver el dinero de otra forma.
money-on-its-way = La devolución de { $amount } está en camino ({ $card }).
money-pending-expired-online = El pago aún se está procesando. Si se acepta, recibirás las entradas si siguen disponibles; si no, te devolveremos todo el dinero. Espera la respuesta antes de pagar otras entradas.
money-pending-online = El pago aún se está procesando. Si se acepta, te devolveremos todo el dinero.
money-refunded-online = Te hemos devuelto el importe íntegro: { $amount }.
money-refund-failed-online = No se ha podido devolver { $amount }. El organizador está avisado y debe devolver el dinero de otra forma.
money-on-its-way-online = La devolución de { $amount } a quien pagó está en camino.

## Payments

payment-card = { $brand } terminada en { $digits }
payment-some-card = Tarjeta terminada en { $digits }
payment-paid = Pagado
payment-refunded = Reembolsado el { $time }
payment-refund-due = Reembolso en camino
payment-refund-failed = El reembolso no llegó
payment-processing = Esperando al banco
payment-declined = Rechazado por el banco
payment-insufficient-funds = Rechazado por fondos insuficientes
payment-processing-error = El banco no ha podido procesarlo por ahora
payment-online = Pago en línea
payment-abandoned = Sin completar
payment-unavailable = Sin respuesta del proveedor de pagos
payment-refused = No aceptado por el proveedor de pagos
payment-authentication = Sin confirmar con el banco
payment-not-charged = { $why }; sin cobro

## The list of bookings

bookings-lead = Se guardan en este navegador, sin necesidad de cuenta.
bookings-lead-new = Aún no has reservado nada en este navegador.
bookings-none = Aquí aún no hay reservas
bookings-none-text = Lo que reserves en este navegador aparecerá aquí.
bookings-find = Buscar un evento
bookings-to-pay = Por pagar
bookings-coming = Próximamente
bookings-past = Pasados
bookings-ended = Canceladas o sin pagar
bookings-show = Ver entradas
bookings-pay = Pagar ahora
bookings-continue = Continuar el pago
bookings-pages = Páginas de reservas
bookings-first-page = Volver a la primera página
bookings-next-page = Más reservas
new-buyer-heading = Empezar de cero como nuevo comprador
new-buyer-text = Este navegador dejará de mostrar estas reservas y sus entradas, que seguirán reservadas.
new-buyer-button = Nuevo comprador
retrieve-heading = Encontrar mis entradas
retrieve-lead = Entradas de otro navegador, o de antes de empezar de cero.
retrieve-one = Una reserva
retrieve-one-text = La referencia está en la entrada y en el recibo. El correo electrónico es el que se escribió al pagar.
retrieve-reference = Referencia
retrieve-button = Abrir la reserva
retrieve-not-found = No hemos encontrado ninguna reserva con esta referencia y este correo electrónico. Revisa ambos; si al pagar no se dejó ningún correo, solo puede abrirla su enlace o el navegador en que se hizo.
move-heading = Todas las reservas de otro navegador
move-text = En el otro dispositivo abre «Mis reservas» y elige «Pasarlas a otro dispositivo». Te mostrará un código.
move-code = Código
move-button = Traerlas aquí
move-not-found = Este código no funciona, o ya no. Pide uno nuevo en el otro dispositivo.
move-code-heading = Tus reservas están listas para pasar
move-code-lead = { $count ->
    [one] Este código sirve durante un minuto, una vez.
   *[other] Este código sirve durante { $number } minutos, una vez.
}
move-code-qr = Código QR que abre la página en el otro dispositivo
move-code-text = Escanéalo con el otro dispositivo, o abre allí «Encontrar mis entradas» y escribe el código. Entonces las reservas estarán allí, y ya no aquí. No des el código a nadie más.
ways-heading = Entradas en otro dispositivo
ways-find = Encontrar mis entradas
ways-move = Pasarlas a otro dispositivo
back-to-bookings = Volver a mis reservas
new-buyer-way-back = Guarda este código antes de empezar de cero
new-buyer-way-back-text = Es el camino de vuelta a tus reservas y sus entradas: una vez, en cualquier dispositivo, durante un año. Hazle una foto o apúntalo.
new-buyer-way-back-how = Más adelante, abre «Encontrar mis entradas» en Mis reservas y escríbelo.
new-buyer-sure = Tengo el código: empezar de cero

## Errors

error-quote = Si nos escribes, indica este código: { $slot }.
error-again = Reintentar
error-events = Próximos eventos
nothing-at-address = En esta dirección no hay nada.
no-time = No hemos podido atender tu solicitud a tiempo.
event-begins = El evento ya ha empezado o está a punto de empezar; las reservas ya no se pueden cancelar.
form-from-other-site = El formulario se envió desde otro sitio, así que no se ha tramitado.
form-from-unknown-site = Tu navegador no indicó desde qué sitio se envió el formulario, así que no se ha tramitado.
wait-seconds =
    { $count ->
        [one] Inténtalo de nuevo en { $number } segundo.
       *[other] Inténtalo de nuevo en { $number } segundos.
    }
our-mistake = El error es nuestro y ha quedado registrado.
not-found = Esta página no existe
    .assurance = Tus reservas siguen donde estaban; no se ha cambiado nada.
    .advice = Puede que la dirección esté mal escrita o que el evento ya no exista. Búscalo entre los próximos eventos.
no-booking = Esta reserva no se puede mostrar aquí
    .assurance = Si es tuya, sigue donde estaba; no se ha cambiado nada.
    .advice = Ábrela con su enlace o en el navegador en el que reservaste. Las tuyas están en «Mis reservas».
forbidden = Este enlace no permite hacer eso
    .assurance = No se ha cambiado ni cobrado nada.
    .advice = El enlace de una reserva sirve para verla y pagarla. Lo demás puede hacerlo quien la compró.
other-site = No hemos tramitado esa solicitud
    .assurance = No se ha reservado, cambiado ni cobrado nada.
    .advice = Si querías hacerlo, hazlo aquí: empieza por los próximos eventos. Si vuelve a salir esta página, prueba sin extensiones del navegador o con otro navegador.
busy = Ahora mismo tenemos muchísima demanda
    .assurance = No nos quedamos con ningún pago sin una reserva confirmada, y un formulario enviado dos veces se tramita una sola vez.
    .advice = Recarga esta página en un momento: se enviará otra vez la misma solicitud.
too-many = Demasiadas solicitudes a la vez
    .assurance = No se ha reservado, cambiado ni cobrado nada.
    .advice = Espera un momento y recarga esta página: se enviará otra vez la misma solicitud.
internal-error = Algo ha fallado por nuestra parte
    .assurance = Nunca nos quedamos con ningún pago sin una reserva confirmada.
    .advice = Antes de volver a intentarlo, mira en «Mis reservas» qué ha sido de tu pedido.
too-late-to-cancel = Ya no se puede cancelar
    .assurance = No se ha cambiado nada y tus entradas siguen siendo tuyas.
    .advice = Vuelve a tu reserva o mira en Mis reservas.
not-possible = Eso no es posible aquí
    .assurance = No se ha cambiado ni cobrado nada.
    .advice = Vuelve a los próximos eventos y continúa desde ahí.
too-large = Eso es demasiado de una sola vez
    .assurance = No se ha cambiado ni cobrado nada.
    .advice = Vuelve atrás e inténtalo de nuevo con menos.
unreadable = No hemos podido leer los datos
    .assurance = No se ha cambiado ni cobrado nada.
    .advice = Vuelve atrás, recarga la página e inténtalo de nuevo.
other-problem = No ha funcionado
    .assurance = No se ha cobrado nada.
    .advice = Vuelve atrás para ver cómo está todo o mira en «Mis reservas».

## Problems of the API

problem-unreadable = No se puede leer la solicitud
problem-invalid = La solicitud no es válida
problem-body-not-json = El cuerpo no es JSON: { $reason }
problem-body-unreadable = No se puede leer el cuerpo
problem-form-unreadable = No se puede leer el formulario
problem-key-missing = Hace falta exactamente una cabecera Idempotency-Key: de 1 a 255 caracteres imprimibles cualesquiera
problem-key-unprintable = La Idempotency-Key debe tener de 1 a 255 caracteres imprimibles
problem-malformed-detail = La solicitud no es HTTP
problem-head-too-large-detail = Las cabeceras de una solicitud pueden ocupar 128 KiB como máximo
problem-accept = El cliente no acepta nada de lo que se envía aquí
problem-accept-detail = Aquí se envía { $sent }, y la cabecera Accept no lo admite
problem-media-type = Este tipo de contenido no se admite
problem-media-type-detail = Envía el cuerpo como { $expected }
problem-coding = Esta codificación de contenido no se admite
problem-coding-detail = Los cuerpos se leen tal cual: envía este sin la cabecera Content-Encoding
problem-too-slow = La solicitud es demasiado lenta
problem-too-slow-detail = El cuerpo debe llegar en { $seconds } s como máximo
problem-too-large = La solicitud es demasiado grande
problem-too-large-detail = El cuerpo puede tener { $bytes } bytes como máximo
problem-method = Este método no está permitido
problem-method-detail = { $method } no es posible aquí
problem-not-found = No encontrado
problem-no-event = Este evento no existe
problem-no-booking = Esta reserva no existe
problem-no-payment = Este pago no existe
problem-no-tier = Esta categoría no existe
problem-no-gate = Esta puerta no existe
problem-no-list = Esta lista no existe
problem-no-scan = Este escaneo no existe
problem-scan-not-undoable = El escaneo no se puede deshacer
problem-scan-not-undoable-detail = No cambió nada, o la entrada se ha vuelto a escanear desde entonces
problem-no-page = Esta página o este punto de acceso no existe
problem-no-file = Este archivo no existe
problem-no-calendar-file = Este archivo de calendario no existe
problem-who-are-you = ¿Quién eres?
problem-token-missing = Envía un token con Authorization: Bearer; POST /api/buyers crea uno
problem-token-unknown = Este token no es nuestro
problem-token-expired = El token caducó: { $time }
problem-token-revoked = El token se ha revocado
problem-token-malformed = La cabecera Authorization debe ser: Bearer, un espacio y un token
problem-two-tokens = Hay dos cabeceras Authorization
problem-not-allowed = No permitido
problem-scope-missing = Al token le falta el permiso { $scope }
problem-for-themselves = on_behalf_of es para tokens de API; cada comprador actúa en su propio nombre
problem-link-cannot-cancel = El enlace de una reserva sirve para verla y pagarla, no para cancelarla
problem-other-site = Enviado desde otro sitio
problem-other-site-detail = El formulario se envió desde otro sitio, por lo que no se ha procesado
problem-unknown-site = Enviado desde un sitio desconocido
problem-unknown-site-detail = Tu navegador no indicó desde qué sitio se envió el formulario, por lo que no se ha procesado
problem-busy = Demasiada demanda ahora mismo
problem-many-viewers = Hay demasiada gente mirando. Consulta la disponibilidad de vez en cuando
problem-many-orders-waiting = Hay demasiados pedidos en espera. No se ha reservado nada; vuelve a enviar la misma clave
problem-many-payments-waiting = Hay demasiados pagos en curso. No se ha cobrado nada; vuelve a enviar la misma clave
problem-unavailable = No disponible ahora mismo
problem-unavailable-detail = El servicio no está disponible ahora mismo. Inténtalo de nuevo con la misma Idempotency-Key
problem-internal = Algo ha fallado por nuestra parte
problem-internal-detail = Ha quedado registrado con el identificador de la solicitud
problem-too-many-requests = Demasiadas solicitudes
problem-many-bookings = Demasiadas reservas en poco tiempo ({ $window } s). No se ha hecho nada; inténtalo de nuevo en { $seconds } s
problem-many-payments = Demasiados pagos en poco tiempo ({ $window } s). No se ha hecho nada; inténtalo de nuevo en { $seconds } s
problem-many-reads = Demasiadas consultas en poco tiempo ({ $window } s). No se ha hecho nada; inténtalo de nuevo en { $seconds } s
problem-many-new-buyers = Demasiados compradores nuevos en poco tiempo ({ $window } s). No se ha hecho nada; inténtalo de nuevo en { $seconds } s
problem-many-retrievals = Demasiadas búsquedas de reservas en poco tiempo ({ $window } s). No se ha hecho nada; inténtalo de nuevo en { $seconds } s
problem-many-webhooks = Demasiados webhooks en poco tiempo ({ $window } s). No se ha hecho nada; inténtalo de nuevo en { $seconds } s
problem-sold-out = Agotado
problem-tier-sold-out = { $tier }: agotado
problem-tier-short = { $tier }: quedan { $left }, se han pedido { $asked }
problem-held = En otros pedidos
problem-held-being-taken = Otros pedidos están tomando estas entradas ahora mismo y podrían devolverlas. Inténtalo de nuevo en un momento
problem-held-unpaid = Otras personas tienen estas entradas y aún no las han pagado. Lo que no se paga a tiempo vuelve a quedar libre
problem-seats-taken = Hay asientos ocupados
problem-seats-taken-detail = Otra persona se ha llevado algunos de estos asientos
problem-over-limit = Demasiadas entradas para una reserva
problem-over-limit-detail = Máximo de entradas por reserva de este evento: { $limit }; pedidas: { $asked }
problem-over-buyer-limit = Demasiadas entradas para un comprador
problem-over-buyer-limit-detail = Máximo de entradas por comprador de este evento: { $limit }; aún se pueden reservar: { $left }
problem-not-on-sale = No está a la venta
problem-sale-opens = La venta empieza: { $time }
problem-sale-over = El evento ya ha empezado; la venta ha terminado
problem-key-reused = La clave de idempotencia ya se ha usado
problem-key-reused-detail = Esta Idempotency-Key se usó para otra solicitud. Usa una clave nueva para una solicitud nueva
problem-hold-over = El tiempo de la reserva ha terminado
problem-hold-over-detail = La reserva no se pagó a tiempo y sus entradas se han liberado. Esta solicitud no ha cobrado nada
problem-not-pending = La reserva ya no está pendiente
problem-already-paid = La reserva ya está pagada
problem-cancelled = La reserva se ha cancelado
problem-failed = El pago de la reserva se rechazó definitivamente y sus entradas se han liberado
problem-paying = Hay un pago en curso
problem-paying-detail = Hay otro pago de esta reserva en curso. Espera a su resultado; esta solicitud no ha cobrado nada
problem-too-late = Es demasiado tarde para cancelar
problem-too-late-detail = El evento ya ha empezado o está a punto de empezar; las reservas ya no se pueden cancelar
problem-declined = El pago se ha rechazado
problem-declined-funds = La tarjeta no tiene fondos suficientes. No se ha cobrado nada
problem-declined-processing = No se ha podido procesar la tarjeta por ahora. No se ha cobrado nada; inténtalo de nuevo
problem-declined-abandoned = El pago se interrumpió. No se ha cobrado nada; inténtalo de nuevo
problem-declined-card = La tarjeta se ha rechazado. No se ha cobrado nada
problem-card = El número de tarjeta no es válido
problem-webhook-not-json = El webhook no es JSON
problem-unsigned = El webhook no está firmado por la pasarela
problem-unsigned-detail = La cabecera Boxoffice-Signature falta o no corresponde al cuerpo
problem-stale = El webhook se firmó hace demasiado tiempo
problem-stale-detail = La hora de la firma puede diferir de la actual en { $seconds } s como máximo
problem-amount = El importe no coincide
problem-amount-detail = El pago es de otro importe o en otra moneda. No se ha registrado nada
problem-many-pictures = Se piden demasiadas imágenes. Esta no se ha dibujado
problem-no-picture = Esta imagen no existe
field-parameter = no es un parámetro de esta lista
field-country = deben ser dos letras, según ISO 3166-1
field-day = debe ser un día como 2027-06-30
field-to-before-from = no debe ser anterior a from
field-city = debe tener 200 caracteres como máximo
field-series = debe tener 64 caracteres como máximo
field-currency = debe ser un código de moneda ISO 4217 como EUR
field-currency-missing = debe indicarse junto con un precio
field-price = debe ser un importe de 0 o más
field-one-each-tier = debe tener como máximo una entrada por categoría ({ $tiers })
field-one-each-ticket = debe tener como máximo un elemento por entrada ({ $limit })
field-at-least-one-ticket = debe pedir al menos una entrada
field-at-least-one = debe ser al menos 1
field-only-once = no debe aparecer dos veces
field-known-tier = debe ser el código de una categoría del evento
field-numbered-tier = debe ser una categoría con asientos numerados
field-number-or-seats = no debe estar también en items: pide una cantidad o asientos
field-row = deben ser las letras de una fila
field-seat-of-row = debe ser un asiento de la fila
field-as-many-seats = deben ser tantos como entradas de su categoría
field-own-booking = debe ser una reserva del mismo comprador y evento
field-on-behalf-of = debe nombrar al comprador en cuyo nombre actúa el token
field-contact-not-asked = no debe estar: el evento no pide datos de contacto
field-contact-missing = debe tener un nombre y un correo electrónico
field-contact-name = debe tener 200 caracteres como máximo, sin caracteres de control
field-contact-email = debe ser un correo electrónico
field-card-digits = solo puede tener cifras, como mucho con espacios o guiones entre ellas
field-card-length = debe tener de 12 a 19 cifras
field-card-check = debe ser un número de tarjeta válido: su dígito de control es incorrecto
field-cursor = debe ser un next_cursor de esta lista
field-printable = debe tener de 1 a 255 caracteres imprimibles
field-range = debe estar entre { $least } y { $most }
field-list-of-event = debe ser una lista del evento
field-gate-name = debe tener de 1 a { $most } caracteres imprimibles
field-gate-name-taken = no debe ser el nombre de otra puerta abierta
field-gates-max = no debe ser una más: un evento tiene como máximo { $limit }
field-code-or-ticket = debe estar si falta ticket: un código o una entrada, no ambos
field-code-length = debe tener como máximo { $most } caracteres
field-ticket = debe ser una entrada de este evento, como la nombran la lista y la búsqueda

## Texts of the page's script

script-days =
    { $count ->
        [one] { $number } día
       *[other] { $number } días
    }
script-days-short = { $number } d
script-hold =
    { $count ->
        [one] Te guardamos { $number } entrada: quedan { $time }
       *[other] Te guardamos { $number } entradas: quedan { $time }
    }
script-limit =
    { $count ->
        [one] Como máximo { $number } entrada por reserva
       *[other] Como máximo { $number } entradas por reserva
    }
script-unreachable = Se ha agotado el tiempo y no podemos conectar con la tienda para mostrarte lo que sigue. Puede que no haya conexión; seguimos intentándolo.
script-no-answer = No ha llegado respuesta: puede que no haya conexión. Inténtalo de nuevo; el mismo formulario nunca se tramita dos veces.
script-pay-missing = El formulario de pago no ha llegado: puede que no haya conexión. Recarga la página o paga en la página del proveedor.
script-act-missing = La pregunta de tu banco no se ha abierto: puede que no haya conexión. No se ha cobrado nada. Pulsa «Continuar» otra vez o paga de otra forma.
script-last-minute = Queda menos de un minuto para pagar.
script-pay-problem = No ha funcionado. No se ha cobrado nada; inténtalo de nuevo.
script-copied = Enlace copiado
script-your-time = { $time }, en tu hora local
script-where-you-are = ({ $time } en tu hora local)
script-one-less = Una entrada menos de { $tier }
script-one-more = Una entrada más de { $tier }
script-counts-unreached = Ahora mismo no podemos conectar con la tienda: la disponibilidad puede haber cambiado.
script-part-of = { $part } de { $whole }
script-map-smaller = Reducir el plano
script-map-larger = Ampliar el plano
script-map-whole = Ver toda la sala
script-map-opening = Se está abriendo el plano…
script-map-failed = El plano no ha llegado: puede que no haya conexión. Inténtalo de nuevo.
script-map-list = Elegir los asientos en una lista
script-seat = { $tier } · Fila { $row } · Asiento { $seat } · { $price }
script-seat-given-up = ya no elegido
script-lonely =
    { $count ->
        [one] Así el asiento { $seats } queda libre y suelto. Puedes reservar igualmente; un asiento más allá, nadie tendría que sentarse solo.
       *[other] Así los asientos { $seats } quedan libres y sueltos. Puedes reservar igualmente; un asiento más allá, nadie tendría que sentarse solo.
    }
script-gone-some = Acaban de llevarse: { $seats }. Elige otro asiento o menos entradas.
script-gone-all = Acaban de llevarse: { $seats }. Elige otros asientos, o reserva y te damos los mejores que haya libres.

problem-called-off = El evento no se celebra
problem-called-off-detail = El evento se ha cancelado: ya no se vende nada y se devuelve lo pagado.
problem-many-exports = Se están escribiendo demasiadas exportaciones; inténtalo de nuevo en un momento.
problem-no-call-off = El evento no se ha cancelado.
field-export-too-long = debe ser CSV o JSON Lines: una hoja de cálculo tiene como máximo 1 048 575 filas
field-clue-or-event = debe indicarse, o event_id
field-note = debe tener de 1 a 2000 caracteres
field-name-of-event = debe ser exactamente el nombre del evento
refused-called-off = Este evento se ha cancelado
refused-called-off-text = No se ha reservado ni cobrado nada.
event-called-off = Este evento no se celebra
event-called-off-text = Se ha cancelado. Todas las reservas se anulan y todo el dinero vuelve a las tarjetas con las que se pagó, sin que tengas que pedirlo.
stock-called-off = Cancelado
ended-called-off-text = El evento se ha cancelado, por eso se ha anulado tu reserva.
event-called-off-link = Tus reservas

# Eventos cancelados, y categorías que se venden en sus propias fechas.
tier-opens = A la venta desde { $time }
tier-over = Ya no está a la venta
tier-until = Hasta { $time }
tier-least =
    { $count ->
        [one] Al menos { $number } entrada por pedido
       *[other] Al menos { $number } entradas por pedido
    }
tier-most =
    { $count ->
        [one] Hasta { $number } entrada por pedido
       *[other] Hasta { $number } entradas por pedido
    }
refused-tier-closed = Algunas de estas entradas no están a la venta ahora
refused-tier-closed-text = No se ha reservado nada. Elija otras o vuelva entonces.
problem-tier-opens = { $tier }: a la venta desde { $time }
problem-tier-over = { $tier }: ya no está a la venta
field-at-least-of-tier = debe ser al menos { $least } de esta categoría, o ninguna
field-at-most-of-tier = debe ser como máximo { $most } de esta categoría

# Lo que se dice a los organizadores de sus eventos.
problem-edited = Alguien ha modificado el evento mientras tanto
problem-edited-detail = El evento está ahora en la versión { $version }: léalo de nuevo y envíe el cambio con esa versión
problem-event-state = El evento no lo permite
problem-no-draft = Solo se puede con borradores
problem-being-published = El evento se está publicando: espere a que se creen sus entradas
problem-not-free = No hay suficientes entradas libres
problem-not-free-detail = De { $asked } entradas por retirar de la venta, { $free } están libres; no se ha cambiado nada
field-given = debe indicarse
field-text = debe tener de 1 a { $most } caracteres
field-short = debe tener como máximo { $most } caracteres
field-country-code = deben ser dos letras mayúsculas, según ISO 3166-1
field-time-zone = debe ser una zona horaria de IANA como Europe/Lisbon
field-venue-zone = debe ser { $zone }: el recinto ya se conoce
field-contact-rule = debe ser none, optional o required
field-to-come = debe estar en el futuro
field-before-start = debe ser antes de que empiece el evento
field-not-later = no debe ser después de { $time }: la venta está abierta
field-doors = debe ser como máximo 24 horas antes del comienzo, y no después
field-end = debe ser después del comienzo, 31 días como máximo
field-series-code = deben ser de 1 a 64 caracteres de a-z, 0-9 y -
field-series-own = no debe ser la serie de otro organizador
field-entries = debe tener de { $least } a { $most } elementos
field-stays = ya no se puede cambiar
field-tier-code = deben ser de 1 a 32 caracteres de a-z, 0-9, - y _
field-row-blocks = deben ser bloques de 1 a 1000 asientos en total
field-rows-max = debe dar como máximo 32000 filas
field-seat-label = debe ser un asiento de la categoría como A-7
field-language = debe ser un código de idioma como de
field-after = debe ser después de { $other }
field-at-least-other = debe ser al menos { $other }
field-version = debe ser la versión del evento que ha leído
field-tiers-apart = se cambian una a una, en las categorías del evento
field-picture-format = debe ser un JPEG, PNG o WebP
field-picture-size = debe tener lados de 240 a 12000 píxeles y como máximo 40 millones de píxeles
field-picture-damaged = debe ser una imagen sin daños

## Tiers that share a stock

tier-seats-of = Los mismos asientos que { $tier }: se eligen allí
refused-only-left-shared = Ya solo hay { $number }; con las categorías que las comparten se han pedido { $asked }.
problem-stock-short = { $tier } y las categorías que comparten sus entradas: quedan { $left }, se han pedido { $asked }
field-stock = debe ser el código de otra categoría del evento con entradas propias
field-of-stock = es el de la categoría cuyas entradas comparte: déjalo vacío
problem-stock-shared = Otras categorías se venden con las entradas de esta: hay que eliminarlas primero

## Questions and answers

problem-link-cannot-answer = El enlace de una reserva sirve para verla y pagarla: las respuestas no se muestran ni se cambian
problem-answers-over = El evento ha empezado o no se celebra, o la reserva ha terminado: ya no se puede responder
field-answer-missing = la pregunta { $question } debe responderse
field-answer-missing-of = la pregunta { $question } debe responderse para la entrada { $ticket }
field-answer-asked = debe ser el número de una pregunta del evento
field-answer-of-ticket = debe ser una entrada de la reserva, contada desde 1
field-answer-of-order = no debe estar: la pregunta es del pedido
field-answer-one-of = debe ser una de estas: { $options }
field-answer-yes-no = debe ser yes o no
field-question = debe ser el número de una pregunta del evento, o faltar
field-stays-as-asked = no se puede cambiar: haz otra pregunta en su lugar
answers-legend = Preguntas del organizador
answers-ticket = Entrada { $number }: { $what }
answers-yes = Sí
answers-no = No
answers-choose = Elige una opción
answers-heading = Tus respuestas
answers-text = Puedes cambiarlas hasta que empiece el evento.
answers-save = Guardar respuestas
answers-link-text = El organizador lo pregunta a quien asiste. Lo que respondas no se volverá a mostrar aquí.
answers-missing = Responde a esta pregunta.
answers-too-long = Como máximo { $most } caracteres.
answers-wrong = Elige una de las respuestas.

## Changes of paid bookings

problem-not-paid = La reserva no está pagada
problem-not-paid-detail = Solo se puede cambiar una reserva pagada
problem-tickets-changed = La reserva no tiene esas entradas
problem-tickets-changed-detail = No están, o ya no están, en esta reserva: { $tickets }. No se ha cambiado nada
problem-let-in = Alguien ha entrado con estas entradas
problem-let-in-detail = Ya han entrado: { $tickets }. No se ha cambiado nada
problem-dearer = Las nuevas entradas cuestan más
problem-dearer-detail = La diferencia no se cobra: cambie solo si se pagó en mano o si renuncia a ella. No se ha cambiado nada
problem-other-difference = La diferencia es otra
problem-other-difference-detail = Lo que las nuevas entradas cuestan de más no es lo que se pagó en mano. No se ha cambiado nada: mírelo de nuevo
problem-other-amount = Se devolvería otro importe
problem-other-amount-detail = La reserva ha cambiado desde que se mostró el importe. No se ha cambiado nada: mírelo de nuevo
problem-other-total = Ahora cuesta otra cantidad
problem-other-total-detail = El precio ha cambiado desde que se mostró. No se ha vendido nada: mire de nuevo el total
problem-nothing-to-refund = No queda tanto del pago
problem-nothing-to-refund-detail = Ningún pago de la reserva permite esa devolución. No se ha cambiado nada
problem-refund-refused = Este importe no se puede devolver
problem-refund-refused-detail = El proveedor de pagos no puede devolver exactamente esta parte del pago. No se ha cambiado nada: devuelva otras entradas o cancele la reserva
problem-only-cancelled = Esta reserva solo se puede cancelar
problem-only-cancelled-detail = Estas entradas fueron retenidas, regaladas o vendidas en taquilla. Como mucho se cambian dentro de su categoría: cancele la reserva. No se ha cambiado nada
field-tickets-none = debe nombrar al menos una entrada
field-tickets-all = no pueden ser todas las entradas: cancele la reserva
field-tickets-one-tier = deben ser de una sola categoría: cámbielas una tras otra
field-tickets-same = deben ser asientos distintos de los de la reserva
field-seats-count = deben ser tantos asientos como entradas
field-tier-other-price = debe ser otra categoría: la reserva ya tiene entradas de esta a otro precio
field-tier-priced = debe ser la categoría de las entradas: los precios llevan impuestos, gastos o un código promocional. Devuelva las entradas y reserve de nuevo
field-seat-unknown = debe ser una entrada de la categoría como A-7, o un número donde no hay asientos
field-tier-unknown = debe ser el código de una categoría del evento
receipt-ordered = Pedido
receipt-returned = Devuelto
receipt-part = { $amount } devueltos el { $time }
receipt-part-due = { $amount } en camino de vuelta
receipt-part-failed = La devolución de { $amount } no llegó
## Blocks, the box office, and what costs nothing

field-none-or-more = debe ser 0 o más
field-costs-nothing = no debe indicarse: la reserva no cuesta nada
field-too-little = debe cubrir al menos el precio
field-not-with-method = no corresponde a este medio de pago
field-paid-and-waived = está pagada o perdonada, no ambas cosas
field-guest-name = debe indicar quién es el invitado
problem-no-block = No existe ese bloqueo
price-free = Gratis
free-heading = No cuesta nada
free-lead = Tienes hasta las { $slot } para quedártelas. No hace falta tarjeta.
free-no-card = No hace falta tarjeta y no se cobra nada.
free-button = Obtener las entradas
free-note = No cuesta nada. No se ha cobrado a ninguna tarjeta.
free-confirmed-lead =
    { $count ->
        [one] Una entrada para { $event }, ya es tuya.
       *[other] { $number } entradas para { $event }, ya son tuyas.
    }
free-cancel-text =
    { $count ->
        [one] La entrada vuelve a la venta enseguida.
       *[other] Las { $number } entradas vuelven a la venta enseguida.
    }
payment-cash = En efectivo, en taquilla
payment-terminal = Datáfono, en taquilla
money-back-by-hand = { $amount } se devolvieron en taquilla.
money-due-by-hand = La taquilla te devuelve { $amount }.
# Eventos aplazados.
moved-heading = Nueva fecha
moved-was = Antes
moved-is = Ahora
moved-before = Aplazado; antes: { $date }
moved-until = Conserva o devuelve las entradas hasta el { $date }
moved-event-text = Las entradas ya compradas siguen siendo válidas. Quien no pueda venir en la nueva fecha puede devolverlas:
moved-before-paying = El evento se ha aplazado después de que eligieras estas entradas. Son para la nueva fecha: paga solo si puedes venir.
moved-ask = ¿Puedes venir? Tus entradas siguen siendo válidas para la nueva fecha y no tienes que hacer nada.
moved-kept = Conservas tus entradas para la nueva fecha.
moved-return-until = Puedes devolverlas y recuperar todo el dinero hasta el { $date }.
moved-closed = Tus entradas son válidas para la nueva fecha. Se podían devolver hasta el { $date }.
moved-keep = Conservo las entradas
moved-return = No puedo ir
moved-return-text =
    { $count ->
        [one] La entrada se devuelve y { $amount } vuelven a tu tarjeta. No se puede deshacer.
       *[other] Las entradas se devuelven y { $amount } vuelven a tu tarjeta. No se puede deshacer.
    }
moved-return-button = Devolver y recuperar { $amount }
moved-buyer-alone = Solo quien reservó puede devolver las entradas.
ticket-was-used = Alguien ya ha entrado con una de estas entradas.
already-admitted = Las entradas no se pueden devolver
    .assurance = Tu reserva queda como está.
    .advice = Si es un error, habla con el organizador.
field-move-answer = debe ser keep o return
field-by-moving = se cambia aplazando el evento, para preguntar a quienes han reservado
field-another-date = debe ser otra fecha, salvo que cambie el lugar
problem-not-published = Esto solo se hace con eventos publicados
problem-no-move = El evento no se ha aplazado.
problem-not-asked = No se pregunta nada
problem-not-asked-detail = El evento no se ha aplazado desde la reserva, o la reserva no está pagada
problem-moved-again = El evento se ha aplazado otra vez
problem-moved-again-detail = Lee lo que vale ahora y responde a eso
problem-answer-closed = Demasiado tarde para responder
problem-answer-closed-detail = El plazo para devolver las entradas ha terminado; son válidas para la nueva fecha
problem-admitted = Se ha usado una entrada
problem-admitted-detail = Alguien ha entrado con una de las entradas desde que se aplazó el evento
field-yes-or-no = debe ser true o false
# Halls.
problem-no-hall = Esa sala no existe.
field-stays-in-hall = no se puede cambiar: los asientos son los de una sala
field-hall-section = debe ser una sección de la sala
field-hall-row = debe ser una fila de la sección
field-hall-section-name = debe tener de 1 a 40 caracteres, ninguno de : " \
field-hall-row-label = debe tener de 1 a 8 caracteres sin espacios, ninguno de : - " \
field-hall-length = debe ir de { $least } a { $most } en pasos de 0,5
field-hall-seats = debe ser asientos y huecos, como 4 _ 12, { $most } como máximo
field-hall-numbers = debe ser { $seats } números distintos, como 1-12 o 23-1/2, 2-24/2
field-hall-apart = está encima de { $other }
field-hall-stage = está encima del escenario
field-hall-fewer = debe tener { $most } asientos como máximo en total
# Prices, taxes, fees, promo codes
percent = { $number } %
price-includes = Incluye { $parts }
price-part = { $name } { $of }
price-was = En vez de
price-of-order = Más { $names } { $amount } por pedido
line-discount = Código { $code }
line-discount-percent = Código { $code } ({ $percent } de descuento)
line-tax = { $name } { $percent }
line-contained = Incluye { $name }
code-label = Código promocional
code-apply = Aplicar
code-takes-percent = { $code }: { $percent } de descuento en cada entrada
code-takes-amount = { $code }: { $amount } de descuento en cada entrada
code-unlocks = { $code } da acceso a las entradas que se muestran aquí
code-unknown = Ese código promocional no existe
code-withdrawn = Este código promocional ya no se acepta
code-not-yet = Este código promocional es válido desde { $time }
code-over = Este código promocional ya no es válido
code-used-up = Este código promocional se ha usado tantas veces como se puede
code-used-up-by-buyer = Ha usado este código promocional tantas veces como puede: { $limit } como máximo
code-not-for-these = Este código promocional no es para estas entradas
refused-code = No se puede usar el código promocional
refused-code-text = No se ha reservado nada. Cambie el código o quítelo y reserve de nuevo.
order-with-code = Estas entradas se venden con un código promocional: introduzca el suyo.
stock-with-code = Con código
problem-code = No se puede usar el código promocional
field-amount-or-percent = debe ser un importe o un porcentaje, uno de los dos
field-promo-code = debe tener de 1 a 32 caracteres de A-Z, 0-9, - y _

# Paying through a provider.
field-payment-method = debe ser el token de un método de pago, como pm_card_visa
field-payment-method-missing = falta
field-card-number-not-taken = no debe estar: los números de tarjeta son solo para el proveedor de pagos. Envía payment_method
field-card-or-method = no debe estar junto a payment_method
field-return-url = debe ser una dirección que empiece por http:// o https://
problem-amount-refused = Este importe no se puede cobrar
problem-amount-refused-detail = El proveedor de pagos no cobra un importe así. No se ha cobrado nada
problem-declined-unavailable = El proveedor de pagos no responde en este momento. No se ha cobrado nada y tus entradas se guardan unos minutos más; inténtalo de nuevo enseguida
problem-declined-refused = No se pudo hacer el pago. No se ha cobrado nada; inténtalo de nuevo o paga de otra forma
problem-declined-authentication = Tu banco no confirmó el pago. No se ha cobrado nada
test-bank-title = Tu banco pregunta
test-bank-lead = ¿Quieres pagar { $amount }?
test-bank-yes = Sí, pagar
test-bank-no = No
test-bank-over = Ya se respondió, o es demasiado tarde.
test-bank-back = Volver a la reserva
test-bank-hint = Esta página representa la de un banco. No se mueve dinero.
