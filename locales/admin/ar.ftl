# As en.ftl.


## The frame

admin-nav-events = الفعاليات
admin-nav-members = الأعضاء
admin-nav-tokens = رموز API
admin-nav-audit = سجل التغييرات
admin-nav-event = هذه الفعالية
admin-switch = تبديل المؤسسة
admin-sign-out = تسجيل الخروج
admin-in-shop = عرضها في المتجر
admin-back = رجوع
admin-more = المزيد
admin-home = إلى فعالياتك

## Signing in

sign-in-heading = تسجيل الدخول
sign-in-lead = للمنظمين وموظفي الدخول. شراء التذاكر لا يحتاج إلى حساب.
sign-in-button = تسجيل الدخول
sign-in-wrong = عنوان البريد الإلكتروني أو كلمة المرور غير صحيحة.
sign-in-forgotten = هل نسيت كلمة المرور؟ يستطيع مشغّل هذا الخادم إنشاء رابط لتعيين كلمة جديدة.
sign-in-code-heading = خطوة أخيرة
sign-in-code-lead = اكتب الأرقام الستة التي يعرضها تطبيق المصادقة الآن.
sign-in-code-lost = هل فقدت الهاتف؟ يستطيع مشغّل هذا الخادم إنشاء رابط يعيدك إلى حسابك.

## Invitations

invitation-heading = دعوة
invitation-to = أنت مدعو إلى { $organisation }
invitation-as = دورك: { $role }.
invitation-accept = إنشاء حسابي
invitation-accept-as = الانضمام باسم { $email }
invitation-sign-in = يوجد حساب للعنوان { $email }. سجّل الدخول وستعود إلى هنا.
invitation-another = الدعوة لشخص آخر: أنت مسجّل الدخول باسم { $email }. سجّل الخروج ثم افتح الرابط مجددًا.
invitation-gone = لم يعد هذا الرابط صالحًا
invitation-gone-lead = الرابط صالح لمرة واحدة ولمدة سبعة أيام. اطلب رابطًا جديدًا.
reset-heading = تعيين كلمة مرور جديدة
reset-lead = للعنوان { $email }. تنتهي كل الجلسات ويُوقَف العامل الثاني.

## The account

account-heading = حسابك
account-password = كلمة المرور
account-present-password = كلمة المرور الحالية
account-new-password = كلمة المرور الجديدة
account-name-missing = اكتب اسمك.
account-email-taken = يوجد حساب بهذا العنوان. سجّل الدخول ثم افتح الرابط مجددًا.
password-heading = كلمة المرور
password-hint = ١٢ حرفًا على الأقل. المهم هو الطول لا نوع الأحرف.
password-too-short = كلمة المرور ١٢ حرفًا على الأقل.
password-too-long = كلمة المرور ١٠٢٤ بايتًا على الأكثر.
password-is-email = لا يجوز أن تكون كلمة المرور هي عنوان البريد الإلكتروني.
password-wrong = هذه ليست كلمة مرورك الحالية.
password-change = تغيير كلمة المرور
password-ends-sessions = تبقى مسجّل الدخول هنا وتُسجَّل خروجك من كل مكان آخر.
second-factor-heading = العامل الثاني
second-factor-is-on = مفعّل
second-factor-lead = عندها يحتاج الدخول أيضًا إلى ستة أرقام من تطبيق على هاتفك. كلمة مرور مسروقة وحدها لا تفتح شيئًا.
second-factor-scan = امسح هذا الرمز بتطبيق المصادقة ثم اكتب الأرقام الستة التي يعرضها.
second-factor-qr = رمز QR لتطبيق المصادقة
second-factor-type = أو اكتب هذا المفتاح في التطبيق:
second-factor-code = ستة أرقام من التطبيق
second-factor-wrong = هذه الأرقام خاطئة أو استُخدمت من قبل. اكتب ما يعرضه التطبيق الآن.
second-factor-turn-on = تفعيل
second-factor-turn-off = إيقاف
sessions-heading = أماكن تسجيل دخولك
sessions-this = هذا المتصفح
sessions-last-used = آخر استخدام: { $slot } UTC
sessions-end = إنهاء

## Organisations and events

organisations-heading = لمن تعمل الآن؟
organisations-none = لست عضوًا في أي مؤسسة. اطلب دعوة من أحد المالكين.
organisations-choose = العمل هنا
admin-events-when = أي فعاليات
admin-events-to-come = القادمة
admin-events-past = الماضية
admin-events-none = لا توجد فعاليات هنا بعد.
admin-events-event = الفعالية
admin-events-starts = تبدأ
admin-events-place = المكان
admin-events-tickets = التذاكر

## Members

role-owner = مالك
    .may = يفعل كل شيء ويحدد من يفعل ماذا
role-manager = مدير
    .may = يفعل كل شيء ما عدا إدارة الأعضاء
role-finance = المالية
    .may = يقرأ ويصدّر كل شيء ولا يغيّر شيئًا
role-scanner = الماسح
    .may = يُدخل الضيوف ولا يرى شيئًا آخر
members-role = الدور
members-role-of = دور { $name }
members-role-missing = اختر دورًا.
members-last-seen = آخر ظهور (UTC)
members-you = أنت
members-change = تغيير
members-remove = إزالة
members-remove-sure = يفقد { $name } الوصول فورًا.
members-last-owner = تحتفظ المؤسسة بمالك. اجعل شخصًا آخر مالكًا أولًا.
members-is-member = هذا الشخص عضو بالفعل.
members-too-many = الدعوات المفتوحة كثيرة جدًا. اسحب بعضها أولًا.
members-invite = دعوة شخص
members-invite-button = إنشاء رابط
members-invited = الدعوة جاهزة
members-invited-lead = أرسل هذا الرابط إلى { $email }. يُعرض هذه المرة فقط، ويصلح لمرة واحدة ولمدة سبعة أيام.
invitations-open = الدعوات المفتوحة
invitations-until = حتى { $slot } UTC
invitations-withdraw = سحب

## API tokens

tokens-lead = البرامج التي تعمل لهذه المؤسسة تقدّم رمزًا. يرى كل منها ما تسمح به صلاحياته ولا يرى شيئًا من مؤسسات أخرى.
tokens-none = لا توجد رموز.
tokens-name = من أو ما يستخدمه
tokens-name-wrong = من ١ إلى ٢٠٠ حرف قابل للطباعة.
tokens-scopes = الصلاحيات
tokens-scopes-missing = اختر واحدة على الأقل.
tokens-last-used = آخر استخدام (UTC)
tokens-expires = صالح حتى (UTC)
tokens-days = عدد أيام الصلاحية
tokens-days-wrong = من ١ إلى ٣٦٥٠ يومًا.
tokens-make = إنشاء رمز
tokens-make-button = إنشاء
tokens-made = الرمز جاهز
tokens-made-lead = لـ { $name }. انسخه الآن: يُعرض هذه المرة فقط.
tokens-revoke = إبطال
tokens-revoked = مُبطل
tokens-expired = منتهٍ

## The audit trail

audit-lead = من فعل ماذا ومتى وكيف كان الأمر قبل ذلك. القيود لا تتغيّر أبدًا. الأوقات بتوقيت UTC.
audit-none = لم يتغيّر شيء بعد.
audit-older = الأقدم
audit-newest = إلى الأحدث
audit-by-organiser = عضو
audit-by-token = رمز API
audit-by-operator = المشغّل
audit-by-system = الخادم
audit-organisation-added = أُنشئت المؤسسة
audit-member-added = أُضيف عضو
audit-member-invited = دُعي عضو
audit-member-joined = انضم عضو
audit-member-role-changed = تغيّر الدور
audit-member-removed = أُزيل عضو
audit-invitation-withdrawn = سُحبت دعوة
audit-password-changed = تغيّرت كلمة المرور
audit-second-factor-on = فُعّل العامل الثاني
audit-second-factor-off = أُوقف العامل الثاني
audit-token-made = أُنشئ رمز API
audit-token-revoked = أُبطل رمز API
audit-buyer-forgotten = نُسيت بيانات المشتري
audit-organiser-disabled = أُوقف الحساب
audit-organiser-enabled = أُعيد الحساب
audit-password-reset = أُعيد تعيين كلمة المرور

## What was just done

done-welcome = مرحبًا بك.
done-signed-out = تم تسجيل خروجك.
done-password-changed = تغيّرت كلمة المرور. انتهت كل الجلسات الأخرى.
done-second-factor-on = العامل الثاني مفعّل.
done-second-factor-off = العامل الثاني موقوف.
done-session-ended = انتهت الجلسة.
done-role-changed = تغيّر الدور.
done-member-removed = أُزيل العضو.
done-invitation-withdrawn = سُحبت الدعوة.
done-token-revoked = أُبطل الرمز. ترفضه كل الخوادم خلال خمس ثوانٍ.

## Problems

problem-many-sign-ins = عدد محدود من محاولات الدخول خلال { $window } ثانية. حاول مجددًا بعد { $seconds } ثانية.
problem-role = دورك لا يسمح بذلك. يستطيع مالك المؤسسة تغييره.
problem-signed-out = سجّل الدخول أولًا في صفحات المنظمين.
role-forbidden = دورك لا يسمح بذلك
    .assurance = لم يتغيّر شيء.
    .advice = اطلب دورًا آخر من مالك المؤسسة.
admin-not-found = لا يوجد شيء هنا
    .assurance = غير موجود أو يخص مؤسسة أخرى.
    .advice = تحقق من العنوان أو ابدأ من فعالياتك.
