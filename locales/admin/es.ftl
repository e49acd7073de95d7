# As en.ftl.


## The frame

admin-nav-events = Eventos
admin-nav-members = Miembros
admin-nav-tokens = Tokens de API
admin-nav-audit = Registro de cambios
admin-nav-event = Este evento
admin-switch = Cambiar de organización
admin-sign-out = Cerrar sesión
admin-in-shop = Ver en la tienda
admin-back = Volver
admin-more = Más
admin-home = A tus eventos

## Signing in

sign-in-heading = Iniciar sesión
sign-in-lead = Para organizadores y personal de acceso. Para comprar entradas no hace falta cuenta.
sign-in-button = Iniciar sesión
sign-in-wrong = El correo electrónico o la contraseña no son correctos.
sign-in-forgotten = ¿Has olvidado la contraseña? Quien administra este servidor puede crear un enlace para poner una nueva.
sign-in-code-heading = Un paso más
sign-in-code-lead = Escribe los seis dígitos que muestra ahora tu aplicación de autenticación.
sign-in-code-lost = ¿Has perdido el teléfono? Quien administra este servidor puede crear un enlace para que vuelvas a entrar.

## Invitations

invitation-heading = Invitación
invitation-to = Te han invitado a { $organisation }
invitation-as = Tu función: { $role }.
invitation-accept = Crear mi cuenta
invitation-accept-as = Unirme como { $email }
invitation-sign-in = Ya hay una cuenta para { $email }. Inicia sesión y volverás aquí.
invitation-another = La invitación es para otra persona: has iniciado sesión como { $email }. Cierra la sesión y abre el enlace de nuevo.
invitation-gone = Este enlace ya no sirve
invitation-gone-lead = Cada enlace sirve una vez y durante siete días. Pide uno nuevo.
reset-heading = Poner una contraseña nueva
reset-lead = Para { $email }. Se cierran todas las sesiones y se desactiva el segundo factor.

## The account

account-heading = Tu cuenta
account-password = Contraseña
account-present-password = Contraseña actual
account-new-password = Contraseña nueva
account-name-missing = Di cómo te llamas.
account-email-taken = Ya hay una cuenta con esta dirección. Inicia sesión y abre el enlace de nuevo.
password-heading = Contraseña
password-hint = Al menos 12 caracteres. Cuenta la longitud, no el tipo de caracteres.
password-too-short = Una contraseña tiene al menos 12 caracteres.
password-too-long = Una contraseña tiene como máximo 1024 bytes.
password-is-email = La contraseña no puede ser el correo electrónico.
password-wrong = Esta no es tu contraseña actual.
password-change = Cambiar la contraseña
password-ends-sessions = Sigues con la sesión abierta aquí y se cierra en todos los demás sitios.
second-factor-heading = Segundo factor
second-factor-is-on = Activado
second-factor-lead = Para entrar hacen falta además seis dígitos de una aplicación del teléfono. Una contraseña robada sola no abre nada.
second-factor-scan = Escanea este código con tu aplicación de autenticación y escribe los seis dígitos que muestra.
second-factor-qr = Código QR para la aplicación de autenticación
second-factor-type = O escribe esta clave en la aplicación:
second-factor-code = Seis dígitos de la aplicación
second-factor-wrong = Estos dígitos no son correctos o ya se han usado. Usa los que la aplicación muestra ahora.
second-factor-turn-on = Activar
second-factor-turn-off = Desactivar
sessions-heading = Dónde tienes la sesión abierta
sessions-this = Este navegador
sessions-last-used = Último uso: { $slot } UTC
sessions-end = Cerrar

## Organisations and events

organisations-heading = ¿Para quién trabajas ahora?
organisations-none = No eres miembro de ninguna organización. Pide una invitación a un propietario.
organisations-choose = Trabajar aquí
admin-events-when = Qué eventos
admin-events-to-come = Próximos
admin-events-past = Pasados
admin-events-none = Aquí todavía no hay eventos.
admin-events-event = Evento
admin-events-starts = Empieza
admin-events-place = Lugar
admin-events-tickets = Entradas

## Members

role-owner = Propietario
    .may = lo hace todo y decide quién más hace qué
role-manager = Gestor
    .may = lo hace todo menos gestionar miembros
role-finance = Finanzas
    .may = lee y exporta todo, no cambia nada
role-scanner = Control de acceso
    .may = deja entrar al público, no ve nada más
members-role = Función
members-role-of = Función de { $name }
members-role-missing = Elige una función.
members-last-seen = Última visita (UTC)
members-you = Tú
members-change = Cambiar
members-remove = Quitar
members-remove-sure = { $name } pierde el acceso de inmediato.
members-last-owner = Una organización conserva un propietario. Nombra antes a otro propietario.
members-is-member = Esta persona ya es miembro.
members-too-many = Hay demasiadas invitaciones abiertas. Retira antes algunas.
members-invite = Invitar a alguien
members-invite-button = Crear un enlace
members-invited = La invitación está lista
members-invited-lead = Envía este enlace a { $email }. Solo se muestra ahora, sirve una vez y durante siete días.
invitations-open = Invitaciones abiertas
invitations-until = hasta { $slot } UTC
invitations-withdraw = Retirar

## API tokens

tokens-lead = Los programas que actúan para esta organización muestran un token. Cada uno ve lo que dicen sus permisos y nada de otras organizaciones.
tokens-none = No hay tokens.
tokens-name = Quién o qué lo usa
tokens-name-wrong = De 1 a 200 caracteres imprimibles.
tokens-scopes = Permisos
tokens-scopes-missing = Elige al menos uno.
tokens-last-used = Último uso (UTC)
tokens-expires = Válido hasta (UTC)
tokens-days = Días de validez
tokens-days-wrong = De 1 a 3650 días.
tokens-make = Crear un token
tokens-make-button = Crear
tokens-made = El token está listo
tokens-made-lead = Para { $name }. Copia el token ahora: solo se muestra esta vez.
tokens-revoke = Revocar
tokens-revoked = Revocado
tokens-expired = Caducado

## The audit trail

audit-lead = Quién hizo qué, cuándo y cómo era antes. Las entradas nunca se cambian. Horas en UTC.
audit-none = Todavía no se ha cambiado nada.
audit-older = Más antiguas
audit-newest = A las más recientes
audit-by-organiser = miembro
audit-by-token = token de API
audit-by-operator = operador
audit-by-system = servidor
audit-organisation-added = Organización creada
audit-member-added = Miembro añadido
audit-member-invited = Miembro invitado
audit-member-joined = Miembro incorporado
audit-member-role-changed = Función cambiada
audit-member-removed = Miembro quitado
audit-invitation-withdrawn = Invitación retirada
audit-password-changed = Contraseña cambiada
audit-second-factor-on = Segundo factor activado
audit-second-factor-off = Segundo factor desactivado
audit-token-made = Token de API creado
audit-token-revoked = Token de API revocado
audit-buyer-forgotten = Comprador olvidado
audit-organiser-disabled = Cuenta bloqueada
audit-organiser-enabled = Cuenta desbloqueada
audit-password-reset = Contraseña restablecida

## What was just done

done-welcome = Te damos la bienvenida.
done-signed-out = Has cerrado la sesión.
done-password-changed = La contraseña se ha cambiado. Se han cerrado todas las demás sesiones.
done-second-factor-on = El segundo factor está activado.
done-second-factor-off = El segundo factor está desactivado.
done-session-ended = La sesión se ha cerrado.
done-role-changed = La función se ha cambiado.
done-member-removed = Se ha quitado al miembro.
done-invitation-withdrawn = La invitación se ha retirado.
done-token-revoked = El token está revocado. Todos los servidores lo rechazan en cinco segundos.

## Problems

problem-many-sign-ins = Número limitado de inicios de sesión en { $window } segundos. Vuelve a intentarlo en { $seconds } segundos.
problem-role = Tu función no lo permite. Un propietario de la organización puede cambiarla.
problem-signed-out = Inicia sesión antes en la parte del organizador.
role-forbidden = Tu función no lo permite
    .assurance = No se ha cambiado nada.
    .advice = Pide otra función a un propietario de la organización.
admin-not-found = Aquí no hay nada
    .assurance = No existe o pertenece a otra organización.
    .advice = Comprueba la dirección o empieza por tus eventos.
