event-move-heading = نقل إلى موعد آخر
event-move-now = الآن:
event-move-to = الموعد والمكان الجديدان
event-move-again = نقل مرة أخرى
event-move-text = تبقى الفعالية نفسها وتبقى تذاكرها صالحة. يُسأل كل من حجز هل يحتفظ بالتذاكر أم يعيدها ويسترد كامل ماله؛ ومن لا يجيب يحتفظ بها. ويستمر البيع.
event-move-starts = البداية الجديدة
event-move-until = يمكن إعادة التذاكر حتى
event-move-doors = فتح الأبواب (إن تُرك فارغًا انتقل بالقدر نفسه)
event-move-ends = النهاية (إن تُركت فارغة انتقلت بالقدر نفسه)
event-move-button = انقل الفعالية واسأل المشترين
event-move-answers = ما أجاب به المشترون
event-move-last = نُقلت في { $slot }.
event-move-from = سابقًا:
event-move-keep = حجوزات محتفظ بها
event-move-returned = حجوزات أُعيدت
event-move-silent = بلا إجابة
event-move-silent-text = تبقى قائمة.
event-move-open-until = يمكن إعادة التذاكر حتى { $slot }.
done-event-moved = نُقلت الفعالية ويُسأل مشتروها.
plan-markdown = في الوصف: **غامق**، *تشديد*، # عنوان، - قائمة، [رابط](https://…). والسطر الفارغ يبدأ فقرة.
plan-about = الوصف كما يراه المشترون
recovery-heading = رموز الاسترداد
recovery-once = احفظ هذه الرموز العشرة حيث تجدها من دون هاتفك. لا تظهر إلا هذه المرة.
recovery-text = كل رمز يقوم مرة واحدة مقام أرقام التطبيق الستة، مع كلمة المرور.
recovery-kept = حفظتها
recovery-or = من دون التطبيق اكتب أحد رموز الاسترداد.
recovery-renew = أنشئ رموز استرداد جديدة
recovery-left =
    { $count ->
        [zero] لم تبقَ رموز استرداد.
        [one] بقي رمز استرداد واحد.
        [two] بقي رمزا استرداد.
        [few] بقيت { $number } رموز استرداد.
        [many] بقي { $number } رمز استرداد.
       *[other] بقي { $number } رمز استرداد.
    }
done-recovery-codes = لم تعد الرموز السابقة صالحة.
audit-event-moved = نُقلت الفعالية إلى موعد آخر
audit-recovery-codes-made = أُنشئت رموز استرداد
audit-recovery-code-used = استُعمل رمز استرداد
plan-wheelchair = أماكن الكراسي المتحركة (مثل A-1, A-2)
plan-companion = مقاعد المرافقين بجانبها
plan-copy-weeks = ثم كل أسبوع بعد ذلك، بهذا العدد من المرات
plan-series-drafts = غيّر مسودات هذه السلسلة أيضًا (كل شيء ما عدا المواعيد والفئات)
plan-languages = لغات أخرى
plan-languages-lead = ما يُترك فارغًا يظهر كما كُتب أولًا.
plan-languages-there = مترجم
plan-languages-tier = اسم الفئة { $tier }
doors-heading = القوائم والبوابات
doors-open = مفتوحة
doors-closed = مغلقة
doors-entered = دخلوا: { $number }.
doors-inside = في الداخل الآن: { $number }.
doors-other-list = إلى هذه القائمة
doors-close-gate = أغلق
doors-new-gate = بوابة أخرى لهذه القائمة
doors-change = غيّر القائمة
doors-close-list = أغلق القائمة
doors-close-text = تُغلق كل بواباتها: لا يدخل بها أحد بعد ذلك. وتُقبل عمليات المسح المنتظرة على هاتف.
doors-new-list = أنشئ قائمة
doors-list-text = القائمة تقول من يدخل، مرة واحدة لكل قائمة. ويُمسح عند بواباتها.
doors-list-name = اسم القائمة
doors-make-list = أنشئ القائمة
done-doors-saved = حُفظ.
