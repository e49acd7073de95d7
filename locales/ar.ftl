# العربية (Arabic)

## What is around every page

language = العربية
skip-to-content = الانتقال إلى المحتوى
nav-main = القائمة الرئيسية
nav-events = الفعاليات
nav-bookings = حجوزاتي
test-mode = وضع تجريبي: لا يُخصم أي مبلغ من أي بطاقة
footer-promise = كل تذكرة مقعد واحد أو مكان واحد، ولا تُباع إلا مرة واحدة. لا نحتفظ بأي مبلغ دون حجز مؤكَّد.
footer-languages = اللغات

## The list of events

events-title = الفعاليات القادمة
events-heading = الفعاليات القادمة وما تبقّى من تذاكرها
events-lead = حفلات ومسرح ورياضة. مقاعد حقيقية وأعداد حقيقية، بلا طابور انتظار.
events-found = فعاليات مطابقة لـ «{ $words }»
search-label = ابحث عن فعالية أو فنان أو قاعة أو مدينة أو بلد
search-placeholder = فعالية، فنان، مدينة…
search-button = بحث
events-none-announced = لا توجد فعاليات معلنة حاليًا
events-come-back = نرحّب بك مجددًا عمّا قريب.
events-none-found = لا توجد نتائج
events-search-again = تحقّق من الإملاء أو جرّب كلمات أقل.
events-all = جميع الفعاليات القادمة
events-from = ابتداءً من { $slot }
events-pages = صفحات الفعاليات
events-first-page = العودة إلى البداية
events-next-page = المزيد من الفعاليات
events-opens = يبدأ البيع { $date }
events-on-sale = متاحة للبيع
events-some-held = كلها محجوزة مؤقتًا، وقد يتاح بعضها
filters-heading = تصفية
filters-show = عرض الفعاليات
filters-clear = مسح الكل
filters-active = عوامل التصفية المفعّلة
filters-remove = إزالة التصفية «{ $filter }»
filters-any = الكل
filters-city = المدينة
filters-country = البلد
filters-genre = نوع الفعالية
filters-from = من
filters-to = إلى
filters-price = السعر حتى
filters-currency = العملة
chip-from = من { $date }
chip-to = حتى { $date }
chip-price = حتى { $amount }
chip-series = سلسلة مواعيد واحدة
events-featured = لا تفوّتها
events-today = اليوم
events-this-week = هذا الأسبوع
events-this-weekend = نهاية هذا الأسبوع
events-next-week = الأسبوع القادم
events-fitting = الفعاليات المطابقة
events-not-exactly = لا شيء يطابق «{ $words }» تمامًا.
events-did-you-mean = هل تقصد { $slot }؟
events-none-fit = لا توجد فعالية تطابق كل ذلك
events-drop-filters = البحث بدون تصفية
events-any-day = عرض كل المواعيد
events-other-days = أقرب المواعيد الأخرى
events-coming-up = قريبًا
events-without-filters = بدون تصفية
genre-concert = حفل موسيقي
genre-classical = موسيقى كلاسيكية
genre-opera = أوبرا
genre-musical = مسرحية غنائية
genre-theatre = مسرح
genre-dance = رقص
genre-comedy = كوميديا
genre-festival = مهرجان
genre-club = سهرة موسيقية
genre-sport = رياضة
genre-family = للعائلة
genre-talk = محاضرة
genre-film = فيلم
genre-exhibition = معرض
genre-other = أخرى
counts-old =
    { $count ->
        [zero] يتعذّر تحديث الأعداد الآن: المتبقي كما كان قبل أقل من دقيقة.
        [one] يتعذّر تحديث الأعداد الآن: المتبقي كما كان قبل دقيقة واحدة.
        [two] يتعذّر تحديث الأعداد الآن: المتبقي كما كان قبل دقيقتين.
        [few] يتعذّر تحديث الأعداد الآن: المتبقي كما كان قبل { $number } دقائق.
        [many] يتعذّر تحديث الأعداد الآن: المتبقي كما كان قبل { $number } دقيقة.
       *[other] يتعذّر تحديث الأعداد الآن: المتبقي كما كان قبل { $number } دقيقة.
    }

## What is left of a tier

stock-open = المتبقي: { $number }
stock-few = المتبقي: { $number } فقط
stock-held = كلها محجوزة مؤقتًا لآخرين، وقد يتاح بعضها
stock-sold = نفدت التذاكر

## The page of an event

event-all-events = جميع الفعاليات
event-when = الموعد
event-where = المكان
two-parts = { $first }، { $second }
event-date-time = { $date }، { $time }
# Said of the picture of an event to those who do not see it.
event-picture = صورة { $name }
event-over = بدأت هذه الفعالية
event-over-text = انتهى بيع تذاكرها.
event-over-link = يمكنك الاطلاع على الفعاليات الأخرى.
event-soon = لم يبدأ البيع بعد
event-soon-text = يبدأ البيع { $slot }
event-opens-in = يبدأ البيع بعد
event-reload = يُرجى إعادة تحميل هذه الصفحة حينها.
event-prices = الأسعار
facts-heading = من المفيد أن تعرف
facts-genre = النوع
facts-doors = فتح الأبواب
facts-start = البداية
facts-end = النهاية
facts-end-about = { $time } ({ $length })
length-hours = { $hours } س
length-minutes = { $minutes } د
length-both = { $hours } س و{ $minutes } د
facts-age = العمر
age-all = لجميع الأعمار
age-from = من عمر { $number } فما فوق
facts-lineup = المشاركون
facts-address = العنوان
facts-map = عرض على الخريطة
facts-access = سهولة الوصول
facts-organiser = الجهة المنظِّمة
facts-refunds = استرداد المبلغ
facts-terms = شروط الجهة المنظِّمة
facts-dates = مواعيد أخرى
facts-about = عن هذه الفعالية
pay-terms = الاسترداد والشروط: { $slot }
pay-terms-link = اقرأها في صفحة الفعالية
access-step-free = مدخل بلا درجات
access-wheelchair-places = أماكن للكراسي المتحركة
access-accessible-toilet = دورة مياه مهيأة
access-accessible-parking = مواقف لذوي الإعاقة
access-hearing-loop = حلقة سمعية
access-assistance-dogs = كلاب المساعدة مرحّب بها
access-sign-language = ترجمة بلغة الإشارة
access-captions = ترجمة مكتوبة
access-audio-description = وصف صوتي
access-relaxed = عرض في أجواء هادئة
tier-numbered = مقاعد مرقّمة
tier-general = دخول عام
tier-each = { $slot } للتذكرة
tier-choose-seats = اختيار مقاعد محددة
tier-choose-seats-of = اختيار مقاعد محددة في { $tier }
tier-quantity = عدد تذاكر { $tier }
order-choose = اختيار التذاكر
order-summary = طلبك
order-limit =
    { $count ->
        [one] الحد الأقصى للحجز الواحد تذكرة واحدة، وللمشتري الواحد { $buyer }.
        [two] الحد الأقصى للحجز الواحد تذكرتان، وللمشتري الواحد { $buyer }.
        [few] الحد الأقصى للحجز الواحد { $number } تذاكر، وللمشتري الواحد { $buyer }.
        [many] الحد الأقصى للحجز الواحد { $number } تذكرة، وللمشتري الواحد { $buyer }.
       *[other] الحد الأقصى للحجز الواحد { $number } تذكرة، وللمشتري الواحد { $buyer }.
    }
order-promise = نحجزها لك مؤقتًا إلى حين الدفع، ولا يُخصم أي مبلغ إلا عند الضغط على «دفع».
order-total = الإجمالي
order-book = حجز
own-holds =
    { $count ->
        [one] لديك بالفعل تذكرة واحدة محجوزة مؤقتًا لهذه الفعالية
        [two] لديك بالفعل تذكرتان محجوزتان مؤقتًا لهذه الفعالية
        [few] لديك بالفعل { $number } تذاكر محجوزة مؤقتًا لهذه الفعالية
        [many] لديك بالفعل { $number } تذكرة محجوزة مؤقتًا لهذه الفعالية
       *[other] لديك بالفعل { $number } تذكرة محجوزة مؤقتًا لهذه الفعالية
    }
own-holds-keep =
    { $count ->
       *[other] الاحتفاظ بها وحجز هذه أيضًا
    }
own-holds-replace =
    { $count ->
        [one] إعادة تلك التذكرة وأخذ هذه بدلًا منها
        [two] إعادة التذكرتين وأخذ هذه بدلًا منهما
        [few] إعادة تلك التذاكر الـ{ $number } وأخذ هذه بدلًا منها
       *[other] إعادة تلك التذاكر ({ $number }) وأخذ هذه بدلًا منها
    }
order-choose-tickets = اختيار التذاكر
order-choose-more-seats =
    { $count ->
        [one] اختيار مقعد إضافي
        [two] اختيار مقعدين إضافيين
        [few] اختيار { $number } مقاعد إضافية
        [many] اختيار { $number } مقعدًا إضافيًا
       *[other] اختيار { $number } مقعد إضافي
    }
order-best-seats = نختار لك أفضل المقاعد المرقّمة المتجاورة، ما لم تُحدَّد مقاعد بعينها.
order-all-sold = بيعت جميع التذاكر.
order-all-held = جميع التذاكر مبيعة أو ضمن طلبات مشترين آخرين. قد يتاح بعضها خلال دقائق.

## Seat maps

map-hint = يمكنك اختيار المقاعد بنفسك، أو تحديد العدد أعلاه لنختار لك أفضل المقاعد المتجاورة.
map-sections = صفوف { $tier }
map-section = الصفوف { $rows }
map-free =
    { $count ->
        [zero] لا مقاعد متاحة
        [one] مقعد واحد متاح
        [two] مقعدان متاحان
        [few] { $number } مقاعد متاحة
        [many] { $number } مقعدًا متاحًا
       *[other] { $number } مقعد متاح
    }
map-none-free = لا مقاعد متاحة
map-title = القاعة
map-label = رسم مخطط مقاعد القاعة؛ وقوائم المقاعد أعلاه تعرض المقاعد نفسها
map-how = اسحب للتنقل في المخطط، وباعد بين إصبعين أو اضغط + أو المس موضعًا مزدحمًا للاقتراب. ومن لوحة المفاتيح تنقلك الأسهم بين المقاعد المتاحة، ويختار مفتاح المسافة.
map-stage = المسرح
map-stage-this-way = المسرح في هذا الاتجاه ↑
map-legend-free = متاح
map-legend-yours = اختيارك
map-legend-held = محجوز مؤقتًا لآخرين
map-legend-sold = مبيع
map-wheelchair = مكان لكرسي متحرك
map-companion = مقعد مرافق بجانبه
map-list = قائمة مقاعد { $tier }
map-other-rows = صفوف أخرى
map-row = الصف { $row }

## Why an order is refused

refused-seats-differ = يجب أن يتساوى عدد المقاعد وعدد التذاكر
refused-seats-differ-text = عدد التذاكر لا يطابق عدد المقاعد المختارة. لم يُحجز شيء ولم يُخصم أي مبلغ.
# $tickets, $seats and $instead are such as “2 tickets”; $instead says how many tickets to choose instead.
refused-seats-too-few =
    { $count ->
        [one] اختيارك: { $tickets } و{ $seats }. المطلوب اختيار مقعد إضافي واحد، أو أن تُحجز { $instead } فقط.
        [two] اختيارك: { $tickets } و{ $seats }. المطلوب اختيار مقعدين إضافيين، أو أن تُحجز { $instead } فقط.
        [few] اختيارك: { $tickets } و{ $seats }. المطلوب اختيار { $number } مقاعد إضافية، أو أن تُحجز { $instead } فقط.
        [many] اختيارك: { $tickets } و{ $seats }. المطلوب اختيار { $number } مقعدًا إضافيًا، أو أن تُحجز { $instead } فقط.
       *[other] اختيارك: { $tickets } و{ $seats }. المطلوب اختيار { $number } مقعد إضافي، أو أن تُحجز { $instead } فقط.
    }
refused-seats-too-many =
    { $count ->
        [one] اختيارك: { $tickets } و{ $seats }. المطلوب إلغاء تحديد مقعد واحد، أو أن تُحجز { $instead }.
        [two] اختيارك: { $tickets } و{ $seats }. المطلوب إلغاء تحديد مقعدين، أو أن تُحجز { $instead }.
        [few] اختيارك: { $tickets } و{ $seats }. المطلوب إلغاء تحديد { $number } مقاعد، أو أن تُحجز { $instead }.
        [many] اختيارك: { $tickets } و{ $seats }. المطلوب إلغاء تحديد { $number } مقعدًا، أو أن تُحجز { $instead }.
       *[other] اختيارك: { $tickets } و{ $seats }. المطلوب إلغاء تحديد { $number } مقعد، أو أن تُحجز { $instead }.
    }
tickets =
    { $count ->
        [zero] لا تذاكر
        [one] تذكرة واحدة
        [two] تذكرتان
        [few] { $number } تذاكر
        [many] { $number } تذكرة
       *[other] { $number } تذكرة
    }
seats =
    { $count ->
        [zero] لا مقاعد
        [one] مقعد واحد
        [two] مقعدان
        [few] { $number } مقاعد
        [many] { $number } مقعدًا
       *[other] { $number } مقعد
    }
refused-over-limit = العدد يتجاوز حد الحجز الواحد
refused-over-limit-text =
    { $count ->
        [one] الحد الأقصى للحجز الواحد تذكرة واحدة، والعدد المطلوب { $asked }. لم يُحجز شيء.
        [two] الحد الأقصى للحجز الواحد تذكرتان، والعدد المطلوب { $asked }. لم يُحجز شيء.
        [few] الحد الأقصى للحجز الواحد { $number } تذاكر، والعدد المطلوب { $asked }. لم يُحجز شيء.
        [many] الحد الأقصى للحجز الواحد { $number } تذكرة، والعدد المطلوب { $asked }. لم يُحجز شيء.
       *[other] الحد الأقصى للحجز الواحد { $number } تذكرة، والعدد المطلوب { $asked }. لم يُحجز شيء.
    }
refused-empty = لم تُختر أي تذاكر بعد
refused-empty-text = يُرجى تحديد عدد التذاكر المطلوب ثم الحجز.
refused-invalid = يُرجى مراجعة الطلب
refused-invalid-text = في الطلب ما لا يمكن حجزه. لم يُحجز شيء ولم يُخصم أي مبلغ.
refused-whole-number = يجب أن يكون عدد التذاكر عددًا صحيحًا.
refused-sold-out = التذاكر المتبقية لا تكفي
refused-sold-out-text = لم يُحجز شيء: لا نحجز جزءًا من طلب أبدًا. يمكنك الاختيار مما تبقّى.
refused-none-left = لم يتبقَّ شيء.
refused-only-left = المتبقي: { $number } فقط.
refused-held = هذه التذاكر محجوزة مؤقتًا لآخرين
refused-held-text = هذه التذاكر ضمن طلبات مشترين آخرين، وقد تتاح من جديد خلال دقائق. لم يُحجز شيء؛ يمكنك إعادة المحاولة بعد لحظات.
refused-held-tier = محجوزة مؤقتًا لآخرين الآن.
refused-some-held = التذاكر المتاحة الآن لا تكفي
refused-some-held-text = البقية محجوزة مؤقتًا لمشترين آخرين، وقد يتاح بعضها خلال دقائق. لم يُحجز شيء: لا نحجز جزءًا من طلب أبدًا.
refused-only-free = المتاح الآن: { $number } فقط.
refused-buyer-limit = العدد يتجاوز حد المشتري الواحد
refused-buyer-limit-none =
    { $count ->
        [one] الحد الأقصى للمشتري الواحد في هذه الفعالية تذكرة واحدة، وهي لديك بالفعل. لم يُحجز شيء.
        [two] الحد الأقصى للمشتري الواحد في هذه الفعالية تذكرتان، وهما لديك بالفعل. لم يُحجز شيء.
        [few] الحد الأقصى للمشتري الواحد في هذه الفعالية { $number } تذاكر، وهي لديك بالفعل. لم يُحجز شيء.
        [many] الحد الأقصى للمشتري الواحد في هذه الفعالية { $number } تذكرة، وهي لديك بالفعل. لم يُحجز شيء.
       *[other] الحد الأقصى للمشتري الواحد في هذه الفعالية { $number } تذكرة، وهي لديك بالفعل. لم يُحجز شيء.
    }
refused-buyer-limit-left =
    { $count ->
        [one] الحد الأقصى للمشتري الواحد في هذه الفعالية تذكرة واحدة، وما زال بإمكانك حجز { $left }. لم يُحجز شيء.
        [two] الحد الأقصى للمشتري الواحد في هذه الفعالية تذكرتان، وما زال بإمكانك حجز { $left }. لم يُحجز شيء.
        [few] الحد الأقصى للمشتري الواحد في هذه الفعالية { $number } تذاكر، وما زال بإمكانك حجز { $left }. لم يُحجز شيء.
        [many] الحد الأقصى للمشتري الواحد في هذه الفعالية { $number } تذكرة، وما زال بإمكانك حجز { $left }. لم يُحجز شيء.
       *[other] الحد الأقصى للمشتري الواحد في هذه الفعالية { $number } تذكرة، وما زال بإمكانك حجز { $left }. لم يُحجز شيء.
    }
refused-nothing-booked = لم يُحجز شيء.
refused-too-early = لم يبدأ البيع بعد
refused-over = انتهى البيع
refused-over-text = بدأت الفعالية. لم يُحجز شيء.
refused-key-reused = سبق الحجز بهذا النموذج
refused-key-reused-text = أُرسل هذا النموذج من قبل باختيار آخر، وذلك الطلب ما زال قائمًا. يمكن إرساله مرة أخرى لإجراء طلب ثانٍ.
refused-key-reused-link = عرض حجوزاتي
refused-undecided = لم يُحجز شيء بعد. حدِّد أدناه في طلبك: هل تريد هذه التذاكر بالإضافة إلى ما لديك أم بدلًا منه؟
refused-hold-link = الاحتفاظ بها والدفع
refused-hold-kept = ما كان محجوزًا لك ما زال لك.
refused-paid = تذاكرك السابقة مدفوعة
refused-paid-text = لقد دفعت ثمنها، أو أن البنك يبتّ في الأمر الآن. لم يتغيّر شيء. إذا أردت تذاكر أخرى فاحجز مرة أخرى.
refused-paid-link = عرض ذلك الحجز
refused-busy = الضغط كبير جدًا الآن
refused-busy-text = اختيارك ما زال محفوظًا هنا. يُرجى الحجز مرة أخرى بعد لحظات: لا يُحجز الطلب نفسه مرتين أبدًا.
refused-seats-gone = بعض مقاعدك لم تعد متاحة
refused-seats-gone-text = سبقك شخص آخر بلحظات. لم يُحجز شيء ولم يُخصم أي مبلغ. يمكنك اختيار مقاعد أخرى، أو ترك الأمر لنا لنختار أفضل المقاعد المتجاورة.
refused-seats-offered = سبقك شخص آخر بلحظات. لم يُحجز شيء ولم يُخصم أي مبلغ. حدّدنا لك أقرب المقاعد المتاحة: يمكنك حجزها، أو اختيار غيرها، أو إلغاء تحديدها كلها وترك الاختيار لنا.
refused-seats-few =
    { $count ->
        [zero] سبقك شخص آخر بلحظات. لم يُحجز شيء ولم يُخصم أي مبلغ. عدد المقاعد التي اخترتها { $wanted }، ولم يعد أي مقعد متاحًا الآن.
        [one] سبقك شخص آخر بلحظات. لم يُحجز شيء ولم يُخصم أي مبلغ. عدد المقاعد التي اخترتها { $wanted }، والمتاح الآن مقعد واحد فقط، وقد حدّدناه لك.
        [two] سبقك شخص آخر بلحظات. لم يُحجز شيء ولم يُخصم أي مبلغ. عدد المقاعد التي اخترتها { $wanted }، والمتاح الآن مقعدان فقط، وقد حدّدناهما لك.
        [few] سبقك شخص آخر بلحظات. لم يُحجز شيء ولم يُخصم أي مبلغ. عدد المقاعد التي اخترتها { $wanted }، والمتاح الآن { $number } مقاعد فقط، وقد حدّدناها لك.
        [many] سبقك شخص آخر بلحظات. لم يُحجز شيء ولم يُخصم أي مبلغ. عدد المقاعد التي اخترتها { $wanted }، والمتاح الآن { $number } مقعدًا فقط، وقد حدّدناها لك.
       *[other] سبقك شخص آخر بلحظات. لم يُحجز شيء ولم يُخصم أي مبلغ. عدد المقاعد التي اخترتها { $wanted }، والمتاح الآن { $number } مقعد فقط، وقد حدّدناها لك.
    }
refused-just-taken = حُجز للتو: { $seats }.
refused-ticked-instead = البديل المحدَّد: { $seats }.

## A booking's states

state-pending = بانتظار الدفع
state-confirmed = مؤكَّد
state-failed = فشل الدفع
state-expired = انتهت مهلته
state-cancelled = ملغى
booking-title = { $state }: { $event }
steps = حجزك خطوة بخطوة
step-choose = التذاكر
step-pay = البيانات والدفع
step-done = تذاكرك

## A booking that is held

hold-heading =
    { $count ->
        [one] تذكرتك محجوزة لك مؤقتًا
        [two] تذكرتاك محجوزتان لك مؤقتًا
        [few] { $number } تذاكر محجوزة لك مؤقتًا
        [many] { $number } تذكرة محجوزة لك مؤقتًا
       *[other] { $number } تذكرة محجوزة لك مؤقتًا
    }
hold-lead =
    { $count ->
        [one] يُرجى الدفع قبل الساعة { $slot } للاحتفاظ بها. لا يُخصم أي مبلغ إلا عند الضغط على «دفع».
        [two] يُرجى الدفع قبل الساعة { $slot } للاحتفاظ بهما. لا يُخصم أي مبلغ إلا عند الضغط على «دفع».
        [few] يُرجى الدفع قبل الساعة { $slot } للاحتفاظ بها. لا يُخصم أي مبلغ إلا عند الضغط على «دفع».
        [many] يُرجى الدفع قبل الساعة { $slot } للاحتفاظ بها. لا يُخصم أي مبلغ إلا عند الضغط على «دفع».
       *[other] يُرجى الدفع قبل الساعة { $slot } للاحتفاظ بها. لا يُخصم أي مبلغ إلا عند الضغط على «دفع».
    }
hold-time-left = الوقت المتبقي للدفع
bank-heading = بانتظار رد البنك
bank-lead = عملية الدفع لدى البنك، وهو يرد عادةً خلال دقيقة. تبقى تذاكرك محجوزة بضع دقائق. ستعرض هذه الصفحة الرد تلقائيًا، ويمكنك أيضًا إغلاقها والاطلاع لاحقًا على «حجوزاتي». لا تدفع مرة أخرى.
act-heading = بقيت خطوة واحدة لإتمام الدفع
act-lead = أكّد عملية الدفع لدى البنك أو في صفحة مزوّد الدفع. لم يُخصم أي مبلغ بعد. تبقى تذاكرك محجوزة حتى الساعة { $slot }.
act-continue = المتابعة ودفع { $amount }
act-other = الدفع بطريقة أخرى
act-needs-script = تحتاج هذه الخطوة إلى JavaScript. دونه يمكنك الدفع بطريقة أخرى.
declined-abandoned = لم تكتمل عملية الدفع. لم يُخصم أي مبلغ. التذاكر لا تزال محجوزة لك حتى الساعة { $time }: اختر طريقة الدفع.
declined-unavailable = مزوّد الدفع لا يستجيب حاليًا. لم يُخصم أي مبلغ. تبقى تذاكرك محجوزة حتى الساعة { $time }: يُرجى إعادة المحاولة.
declined-refused = لم يقبل مزوّد الدفع العملية. لم يُخصم أي مبلغ. التذاكر لا تزال محجوزة لك: يمكنك إعادة المحاولة أو الدفع بطريقة أخرى.
declined-authentication = لم يؤكد البنك عملية الدفع. لم يُخصم أي مبلغ. التذاكر لا تزال محجوزة لك: يمكنك إعادة المحاولة أو الدفع بطريقة أخرى.
declined-heading = لم تتم عملية الدفع
declined-text = { $card }: { $why }. لم يُخصم أي مبلغ. التذاكر لا تزال محجوزة لك: يمكنك تجربة بطاقة أخرى.
declined-text-online = { $why }. لم يُخصم أي مبلغ. التذاكر لا تزال محجوزة لك: يمكنك إعادة المحاولة أو الدفع بطريقة أخرى.
declined-tries-left =
    { $count ->
        [zero] لم تتبقَّ أي محاولة.
        [one] هذه هي المحاولة الأخيرة.
        [two] تتبقّى محاولتان.
        [few] تتبقّى { $number } محاولات.
        [many] تتبقّى { $number } محاولة.
       *[other] تتبقّى { $number } محاولة.
    }
pay-heading = الدفع بالبطاقة
pay-card-number = رقم البطاقة
pay-card-problem = يُرجى التحقق من رقم البطاقة: يبدو أن فيه رقمًا خاطئًا أو ناقصًا. لم يُخصم أي مبلغ.
contact-legend = كيف نصل إليك؟
contact-hint = مع رقم الحجز، يفتح بريدك الإلكتروني تذاكرك من جديد إذا فقدها هذا المتصفح.
contact-name = الاسم
contact-email = البريد الإلكتروني
contact-optional = (اختياري)
contact-name-problem = هذا الاسم أطول من اللازم.
contact-email-problem = تحقّق من البريد الإلكتروني: يبدو أن جزءًا منه ناقص. لم يُخصم أي مبلغ.
contact-name-missing = يطلب المنظّم اسمك. لم يُخصم أي مبلغ.
contact-email-missing = يطلب المنظّم بريدك الإلكتروني. لم يُخصم أي مبلغ.
pay-simulated = الدفع هنا محاكاة: يُرجى استخدام بطاقة تجريبية، لا بطاقة حقيقية أبدًا.
pay-cancel = تغيّرت خططك؟ يمكنك الإلغاء حتى بداية الفعالية واسترداد المبلغ كاملًا.
pay-button = دفع { $amount }
pay-heading-any = الدفع
pay-opening = يجري فتح نموذج الدفع…
pay-method-problem = يُرجى إدخال طريقة الدفع. لم يُخصم أي مبلغ.
pay-hosted-hint = تدفع في صفحة مزوّد الدفع ثم تعود إلى هنا.
pay-hosted-button = دفع { $amount } في صفحة مزوّد الدفع
test-cards = بطاقات تجريبية
test-card-number = الرقم
test-card-does = النتيجة
test-card-succeeds = تُقبل
test-card-declined = تُرفض
test-card-insufficient = رصيدها غير كافٍ
test-card-error = تتعذّر معالجتها حاليًا
test-card-asks = يطلب البنك تأكيدها
test-card-later = يتأخر ردها
give-back = التخلي عن التذاكر
give-back-text = تعود إلى البيع فورًا، وقد يأخذها شخص آخر.
give-back-button =
    { $count ->
        [one] التخلي عن التذكرة
        [two] التخلي عن التذكرتين
        [few] التخلي عن { $number } تذاكر
        [many] التخلي عن { $number } تذكرة
       *[other] التخلي عن { $number } تذكرة
    }
order-of-booking = طلبك

## What a booking holds

items-what = محتوى هذا الحجز
items-tickets = التذاكر
items-sum = المبلغ
items-at = { $price } للتذكرة
items-seats =
    { $count ->
        [one] المقعد { $seats }
        [two] المقعدان { $seats }
        [few] المقاعد { $seats }
        [many] المقاعد { $seats }
       *[other] المقاعد { $seats }
    }
items-together = جنبًا إلى جنب
reference = مرجع الحجز { $slot }

## A booking that is confirmed

confirmed-heading = مكانك محجوز!
confirmed-lead =
    { $count ->
        [one] تذكرة واحدة لحضور { $event }، مدفوعة وأصبحت لك.
        [two] تذكرتان لحضور { $event }، مدفوعتان وأصبحتا لك.
        [few] { $number } تذاكر لحضور { $event }، مدفوعة وأصبحت لك.
        [many] { $number } تذكرة لحضور { $event }، مدفوعة وأصبحت لك.
       *[other] { $number } تذكرة لحضور { $event }، مدفوعة وأصبحت لك.
    }
confirmed-print = طباعة أو حفظ بصيغة PDF
confirmed-codes = عرض الرموز
confirmed-calendar = إضافة إلى التقويم
ticket-row = الصف
ticket-seat = المقعد
ticket-admission = الدخول
ticket-general = عام
ticket-code = رمز QR للتذكرة { $number }
ticket-count = { $number } من { $all }
codes-show = ملء الشاشة
codes-show-one = التذكرة { $number }، ملء الشاشة
codes-previous = التذكرة السابقة
codes-next = التذكرة التالية
codes-close = إغلاق
codes-hint = عند الدخول: ارفع سطوع الشاشة إلى أقصى حد.
share-heading = تذاكرك في متناول يدك
share-text = كل من لديه هذا الرابط يرى هذا الحجز وتذاكره. ويفتحها الرابط على أي جهاز.
share-link = رابط هذا الحجز
share-copy = نسخ الرابط
share-button = مشاركة
phone-heading = الفتح على هاتفك
phone-text = وجّه كاميرا هاتفك نحو هذا الرمز ليفتح هذا الحجز عليه.
phone-code = رمز يفتح هذا الحجز
offline-kept = تُفتح هذه التذاكر حتى دون اتصال: يحتفظ هذا المتصفح بنسخة لمدة 90 يومًا. وتُحذف النسخة عند البدء من جديد بصفة مشترٍ جديد.
offline-copy = لا يوجد اتصال بالمتجر. هذه تذاكرك كما كانت في { $slot }؛ ما تغيّر بعد ذلك لا يظهر هنا.
paper-heading = على الورق
paper-several = عدة تذاكر في الصفحة
paper-one = تذكرة واحدة في كل صفحة
cancel-heading = إلغاء هذا الحجز
cancel-text =
    { $count ->
        [one] تعود التذكرة إلى البيع فورًا، ويُرد مبلغ { $amount } إلى بطاقتك.
        [two] تعود التذكرتان إلى البيع فورًا، ويُرد مبلغ { $amount } إلى بطاقتك.
        [few] تعود التذاكر كلها ({ $number } تذاكر) إلى البيع فورًا، ويُرد مبلغ { $amount } إلى بطاقتك.
        [many] تعود التذاكر كلها ({ $number } تذكرة) إلى البيع فورًا، ويُرد مبلغ { $amount } إلى بطاقتك.
       *[other] تعود التذاكر كلها ({ $number } تذكرة) إلى البيع فورًا، ويُرد مبلغ { $amount } إلى بطاقتك.
    }
cancel-button = إلغاء واسترداد { $amount }
back-to-event = العودة إلى الفعالية
receipt-heading = الإيصال
receipt-what = المشتريات
receipt-payments = المدفوعات
receipt-booked = تاريخ الحجز: { $time }
receipt-contact = الحجز باسم { $contact }
calendar-seats = المقاعد: { $seats }
calendar-reference = مرجع الحجز: { $reference }

## A booking that has ended

ended-expired = انتهت مهلة الحجز المؤقت
ended-late = لم تعد تذاكرك محجوزة
ended-expired-text = لم يُدفع ثمن التذاكر في الوقت المحدد، فعادت إلى البيع.
ended-late-text = لم يصل رد البنك في الوقت المحدد، فعادت التذاكر إلى البيع.
ended-failed = لم تتم عملية الدفع
ended-failed-text = لم تتم أي عملية دفع، فعادت التذاكر إلى البيع.
ended-cancelled = أُلغي هذا الحجز
ended-cancelled-text = عادت تذاكره إلى البيع.
ended-book-again = إعادة حجز هذه التذاكر
ended-try-again = إعادة الطلب نفسه
ended-if-available = { $items }، إن كان لا يزال متاحًا.
ended-other-seats = قد تكون المقاعد مختلفة.
ended-what = محتوى الطلب
money-none = لم يُخصم أي مبلغ.
money-pending-expired = عملية الدفع بواسطة { $card } لا تزال لدى البنك. إذا تمت، فالتذاكر لك إن كانت لا تزال متاحة، وإلا فسيُرد المبلغ كاملًا. انتظر الرد قبل دفع ثمن تذاكر أخرى.
money-pending = عملية الدفع بواسطة { $card } لا تزال لدى البنك. إذا تمت، فسيُرد المبلغ كاملًا.
money-refunded = رُدّ مبلغ { $amount } كاملًا إلى { $card }.
money-refund-failed = تعذّر رد مبلغ { $amount } إلى { $card }. أُبلغ المنظّم بذلك، وعليه رد المبلغ بطريقة أخرى.
money-on-its-way = مبلغ { $amount } في طريق عودته إلى { $card }.
money-pending-expired-online = عملية الدفع لا تزال قيد المعالجة. إذا تمت، فالتذاكر لك إن كانت لا تزال متاحة، وإلا فسيُرد المبلغ كاملًا. انتظر الرد قبل دفع ثمن تذاكر أخرى.
money-pending-online = عملية الدفع لا تزال قيد المعالجة. إذا تمت، فسيُرد المبلغ كاملًا.
money-refunded-online = رُدّ مبلغ { $amount } كاملًا.
money-refund-failed-online = تعذّر رد مبلغ { $amount }. أُبلغ المنظّم بذلك، وعليه رد المبلغ بطريقة أخرى.
money-on-its-way-online = مبلغ { $amount } في طريق عودته إلى من دفعه.

## Payments

payment-card = بطاقة { $brand } المنتهية بالأرقام { $digits }
payment-some-card = البطاقة المنتهية بالأرقام { $digits }
payment-paid = تم الدفع
payment-refunded = رُدّ المبلغ بتاريخ { $time }
payment-refund-due = المبلغ في طريق عودته
payment-refund-failed = لم يصل المبلغ المردود
payment-processing = بانتظار رد البنك
payment-declined = رفضها البنك
payment-insufficient-funds = رُفضت لعدم كفاية الرصيد
payment-processing-error = تعذّرت معالجتها لدى البنك حاليًا
payment-online = الدفع عبر الإنترنت
payment-abandoned = لم تكتمل
payment-unavailable = لم يستجب مزوّد الدفع
payment-refused = لم يقبلها مزوّد الدفع
payment-authentication = لم تُؤكَّد لدى البنك
payment-not-charged = { $why }، ولم يُخصم أي مبلغ

## The list of bookings

bookings-lead = محفوظة في هذا المتصفح، دون حساب.
bookings-lead-new = لم يُجرَ أي حجز في هذا المتصفح بعد.
bookings-none = لا حجوزات هنا بعد
bookings-none-text = تظهر هنا الحجوزات التي تُجرى في هذا المتصفح.
bookings-find = البحث عن فعالية
bookings-to-pay = بانتظار دفعك
bookings-coming = قريبًا
bookings-past = انتهت
bookings-ended = ملغاة أو غير مدفوعة
bookings-show = عرض التذاكر
bookings-pay = ادفع الآن
bookings-continue = متابعة الدفع
bookings-pages = صفحات الحجوزات
bookings-first-page = العودة إلى الصفحة الأولى
bookings-next-page = المزيد من الحجوزات
new-buyer-heading = البدء من جديد بصفة مشترٍ جديد
new-buyer-text = لن يعرض هذا المتصفح هذه الحجوزات وتذاكرها بعد ذلك، لكنها تبقى محجوزة.
new-buyer-button = مشترٍ جديد
retrieve-heading = العثور على تذاكري
retrieve-lead = تذاكر من متصفح آخر، أو من قبل أن تبدأ من جديد.
retrieve-one = حجز واحد
retrieve-one-text = رقم الحجز مكتوب على التذكرة وعلى الإيصال. والبريد الإلكتروني هو الذي كُتب عند الدفع.
retrieve-reference = رقم الحجز
retrieve-button = فتح الحجز
retrieve-not-found = لم نجد حجزًا بهذا الرقم وهذا البريد الإلكتروني. تحقّق منهما؛ وإذا لم يُكتب بريد عند الدفع فلا يفتحه إلا رابطه أو المتصفح الذي حُجز به.
move-heading = كل حجوزات متصفح آخر
move-text = افتح «حجوزاتي» على الجهاز الآخر واختر «نقلها إلى جهاز آخر»، فيظهر رمز.
move-code = الرمز
move-button = نقلها إلى هنا
move-not-found = هذا الرمز غير صالح، أو لم يعد صالحًا. اطلب رمزًا جديدًا من الجهاز الآخر.
move-code-heading = حجوزاتك جاهزة للنقل
move-code-lead = { $count ->
    [zero] يعمل هذا الرمز { $number } دقيقة، مرة واحدة.
    [one] يعمل هذا الرمز دقيقة واحدة، مرة واحدة.
    [two] يعمل هذا الرمز دقيقتين، مرة واحدة.
    [few] يعمل هذا الرمز { $number } دقائق، مرة واحدة.
    [many] يعمل هذا الرمز { $number } دقيقة، مرة واحدة.
   *[other] يعمل هذا الرمز { $number } دقيقة، مرة واحدة.
}
move-code-qr = رمز مربّع يفتح الصفحة على الجهاز الآخر
move-code-text = امسحه بالجهاز الآخر، أو افتح هناك «العثور على تذاكري» واكتب الرمز. بعدها تكون الحجوزات هناك، لا هنا. لا تعطِ الرمز لأحد غيرك.
ways-heading = التذاكر على جهاز آخر
ways-find = العثور على تذاكري
ways-move = نقلها إلى جهاز آخر
back-to-bookings = العودة إلى حجوزاتي
new-buyer-way-back = احتفظ بهذا الرمز قبل أن تبدأ من جديد
new-buyer-way-back-text = إنه طريق العودة إلى حجوزاتك وتذاكرها: مرة واحدة، على أي جهاز، خلال سنة. صوّره أو اكتبه.
new-buyer-way-back-how = لاحقًا افتح «العثور على تذاكري» في حجوزاتي واكتبه.
new-buyer-sure = لديّ الرمز: ابدأ من جديد

## Errors

error-quote = عند مراسلتنا، يُرجى ذكر { $slot }.
error-again = إعادة المحاولة
error-events = الفعاليات القادمة
nothing-at-address = لا يوجد شيء على هذا العنوان.
no-time = لم نتمكن من معالجة طلبك في الوقت المناسب.
event-begins = بدأت الفعالية أو توشك أن تبدأ، ولم يعد إلغاء الحجوزات ممكنًا.
form-from-other-site = أُرسل النموذج من موقع آخر، ولذلك لم يُنفَّذ.
form-from-unknown-site = لم يذكر المتصفح من أي موقع أُرسل النموذج، ولذلك لم يُنفَّذ.
wait-seconds =
    { $count ->
        [zero] يمكن إعادة المحاولة الآن.
        [one] يمكن إعادة المحاولة بعد ثانية واحدة.
        [two] يمكن إعادة المحاولة بعد ثانيتين.
        [few] يمكن إعادة المحاولة بعد { $number } ثوانٍ.
        [many] يمكن إعادة المحاولة بعد { $number } ثانية.
       *[other] يمكن إعادة المحاولة بعد { $number } ثانية.
    }
our-mistake = الخطأ من جانبنا، وقد سجّلناه.
not-found = هذه الصفحة غير موجودة
    .assurance = حجوزاتك كما هي؛ لم يتغيّر شيء.
    .advice = ربما كُتب العنوان خطأً، أو لم تعد الفعالية موجودة. يمكنك البحث عنها ضمن الفعاليات القادمة.
no-booking = لا يمكن عرض هذا الحجز هنا
    .assurance = إن كان الحجز لك، فهو كما كان؛ لم يتغيّر شيء.
    .advice = يمكن فتحه عبر رابطه، أو في المتصفح الذي أُجري فيه الحجز. حجوزاتك موجودة في «حجوزاتي».
forbidden = هذا غير مسموح به عبر هذا الرابط
    .assurance = لم يتغيّر شيء ولم يُخصم أي مبلغ.
    .advice = رابط الحجز مخصص لعرض الحجز ودفع ثمنه. أما ما عدا ذلك فللمشتري وحده.
other-site = لم ننفّذ هذا الطلب
    .assurance = لم يُحجز شيء، ولم يتغيّر شيء، ولم يُخصم أي مبلغ.
    .advice = إن كان هذا مقصودًا، فيمكن تنفيذه هنا بدءًا من الفعاليات القادمة. إذا ظهرت هذه الصفحة مجددًا، فيُرجى المحاولة دون إضافات المتصفح أو في متصفح آخر.
busy = الضغط كبير جدًا الآن
    .assurance = لا نحتفظ بأي مبلغ دون حجز مؤكَّد، والنموذج الذي يُرسل مرتين يُنفَّذ مرة واحدة.
    .advice = يُرجى إعادة تحميل هذه الصفحة بعد لحظات: سيُرسل الطلب نفسه من جديد.
too-many = طلبات كثيرة دفعة واحدة
    .assurance = لم يُحجز شيء، ولم يتغيّر شيء، ولم يُخصم أي مبلغ.
    .advice = يُرجى الانتظار لحظات ثم إعادة تحميل هذه الصفحة: سيُرسل الطلب نفسه من جديد.
internal-error = حدث خطأ من جانبنا
    .assurance = لا نحتفظ أبدًا بأي مبلغ دون حجز مؤكَّد.
    .advice = يُرجى الاطلاع على ما آل إليه طلبك في «حجوزاتي» قبل إعادة المحاولة.
too-late-to-cancel = فات أوان الإلغاء
    .assurance = لم يتغيّر شيء، وتذاكرك ما زالت لك.
    .advice = يمكن الرجوع إلى الحجز، أو الاطلاع على «حجوزاتي».
not-possible = هذا غير ممكن هنا
    .assurance = لم يتغيّر شيء ولم يُخصم أي مبلغ.
    .advice = يُرجى العودة إلى الفعاليات القادمة والمتابعة من هناك.
too-large = حجم المُرسَل أكبر من اللازم
    .assurance = لم يتغيّر شيء ولم يُخصم أي مبلغ.
    .advice = يُرجى الرجوع وإعادة المحاولة بقدر أقل.
unreadable = تعذّرت قراءة الطلب
    .assurance = لم يتغيّر شيء ولم يُخصم أي مبلغ.
    .advice = يُرجى الرجوع وإعادة تحميل الصفحة ثم إعادة المحاولة.
other-problem = لم ينجح ذلك
    .assurance = لم يُخصم أي مبلغ.
    .advice = يُرجى الرجوع لمعرفة الوضع الحالي، أو الاطلاع على «حجوزاتي».

## Problems of the API

problem-unreadable = تتعذّر قراءة الطلب
problem-invalid = الطلب غير صالح
problem-body-not-json = المحتوى ليس بصيغة JSON: { $reason }
problem-body-unreadable = تتعذّر قراءة المحتوى
problem-form-unreadable = تتعذّر قراءة النموذج
problem-key-missing = يلزم ترويس Idempotency-Key واحد بالضبط: من 1 إلى 255 من الأحرف القابلة للطباعة
problem-key-unprintable = يجب أن يتكوّن Idempotency-Key من 1 إلى 255 من الأحرف القابلة للطباعة
problem-malformed-detail = الطلب ليس بصيغة HTTP
problem-head-too-large-detail = يمكن أن يبلغ حجم ترويسات الطلب 128 كيبيبايت كحد أقصى
problem-accept = لا يقبل العميل أيًّا مما يُرسل هنا
problem-accept-detail = يُرسل هنا { $sent }، وترويسة Accept لا تسمح به
problem-media-type = نوع المحتوى هذا غير مدعوم
problem-media-type-detail = يُرجى إرسال المحتوى بصيغة { $expected }
problem-coding = ترميز المحتوى هذا غير مدعوم
problem-coding-detail = يُقرأ المحتوى كما هو: يُرجى إرساله دون الترويس Content-Encoding
problem-too-slow = الطلب بطيء جدًا
problem-too-slow-detail = يجب أن يصل المحتوى خلال هذه المدة بالثواني: { $seconds }
problem-too-large = الطلب كبير جدًا
problem-too-large-detail = الحد الأقصى لحجم المحتوى بالبايت: { $bytes }
problem-method = هذه الطريقة غير مسموح بها
problem-method-detail = لا يمكن استخدام { $method } هنا
problem-not-found = غير موجود
problem-no-event = لا توجد فعالية كهذه
problem-no-booking = لا يوجد حجز كهذا
problem-no-payment = لا توجد عملية دفع كهذه
problem-no-tier = لا توجد فئة كهذه
problem-no-gate = لا توجد بوابة كهذه
problem-no-list = لا توجد قائمة كهذه
problem-no-scan = لا توجد عملية مسح كهذه
problem-scan-not-undoable = لا يمكن التراجع عن عملية المسح
problem-scan-not-undoable-detail = لم تغيّر شيئًا، أو مُسحت التذكرة مرة أخرى منذ ذلك الحين
problem-no-page = لا توجد صفحة أو نقطة وصول كهذه
problem-no-file = لا يوجد ملف كهذا
problem-no-calendar-file = لا يوجد ملف تقويم كهذا
problem-who-are-you = من أنت؟
problem-token-missing = يُرجى إرسال رمز دخول عبر Authorization: Bearer؛ يُنشئه POST /api/buyers
problem-token-unknown = رمز الدخول هذا ليس من رموزنا
problem-token-expired = انتهت صلاحية رمز الدخول: { $time }
problem-token-revoked = أُلغي رمز الدخول
problem-token-malformed = يجب أن يكون الترويس Authorization هكذا: Bearer ثم مسافة ثم رمز الدخول
problem-two-tokens = الترويس Authorization مكرّر
problem-not-allowed = غير مسموح
problem-scope-missing = ينقص رمزَ الدخول الإذنُ { $scope }
problem-for-themselves = الحقل on_behalf_of مخصّص لرموز واجهة البرمجة؛ والمشتري يتصرف باسمه فقط
problem-link-cannot-cancel = رابط الحجز للاطلاع والدفع، لا للإلغاء
problem-other-site = أُرسل من موقع آخر
problem-other-site-detail = أُرسل النموذج من موقع آخر، لذلك لم يُنفَّذ
problem-unknown-site = أُرسل من موقع غير معروف
problem-unknown-site-detail = لم يذكر متصفحك من أي موقع أُرسل النموذج، لذلك لم يُنفَّذ
problem-busy = الضغط كبير جدًا الآن
problem-many-viewers = عدد المتابعين كبير جدًا. يُرجى الاستعلام عن المتاح من حين إلى آخر بدلًا من ذلك
problem-many-orders-waiting = الطلبات المنتظرة كثيرة جدًا. لم يُحجز شيء؛ يُرجى إعادة الإرسال بالمفتاح نفسه
problem-many-payments-waiting = عمليات الدفع الجارية كثيرة جدًا. لم يُخصم أي مبلغ؛ يُرجى إعادة الإرسال بالمفتاح نفسه
problem-unavailable = غير متاح الآن
problem-unavailable-detail = الخدمة غير متاحة الآن. يُرجى إعادة المحاولة بقيمة Idempotency-Key نفسها
problem-internal = حدث خطأ من جانبنا
problem-internal-detail = سُجّل الخطأ برقم الطلب
problem-too-many-requests = طلبات كثيرة جدًا
problem-many-bookings = حجوزات كثيرة جدًا في وقت قصير ({ $window } ث). لم يحدث شيء؛ يُرجى إعادة المحاولة بعد { $seconds } ث
problem-many-payments = عمليات دفع كثيرة جدًا في وقت قصير ({ $window } ث). لم يحدث شيء؛ يُرجى إعادة المحاولة بعد { $seconds } ث
problem-many-reads = استعلامات كثيرة جدًا في وقت قصير ({ $window } ث). لم يحدث شيء؛ يُرجى إعادة المحاولة بعد { $seconds } ث
problem-many-new-buyers = مشترون جدد كثيرون جدًا في وقت قصير ({ $window } ث). لم يحدث شيء؛ يُرجى إعادة المحاولة بعد { $seconds } ث
problem-many-retrievals = عمليات بحث كثيرة جدًا عن حجوزات في وقت قصير ({ $window } ث). لم يحدث شيء؛ يُرجى إعادة المحاولة بعد { $seconds } ث
problem-many-webhooks = إشعارات ويب كثيرة جدًا في وقت قصير ({ $window } ث). لم يحدث شيء؛ يُرجى إعادة المحاولة بعد { $seconds } ث
problem-sold-out = نفدت التذاكر
problem-tier-sold-out = { $tier }: نفدت التذاكر
problem-tier-short = { $tier }: المتبقي { $left }، والمطلوب { $asked }
problem-held = محجوزة مؤقتًا لآخرين
problem-held-being-taken = طلبات أخرى تأخذ هذه التذاكر الآن وقد تعيدها. يُرجى إعادة المحاولة بعد لحظات
problem-held-unpaid = هذه التذاكر محجوزة مؤقتًا لآخرين لم يدفعوا بعد. وما لا يُدفع ثمنه في الوقت المحدد يتاح من جديد
problem-seats-taken = مقاعد لم تعد متاحة
problem-seats-taken-detail = أخذ شخص آخر بعض هذه المقاعد
problem-over-limit = تذاكر أكثر مما يسمح به حجز واحد
problem-over-limit-detail = الحد الأقصى لتذاكر الحجز الواحد لهذه الفعالية: { $limit }؛ المطلوب: { $asked }
problem-over-buyer-limit = تذاكر أكثر مما يُسمح به لمشترٍ واحد
problem-over-buyer-limit-detail = الحد الأقصى لتذاكر المشتري الواحد لهذه الفعالية: { $limit }؛ ما يمكن حجزه بعد: { $left }
problem-not-on-sale = ليست معروضة للبيع
problem-sale-opens = بداية البيع: { $time }
problem-sale-over = بدأت الفعالية وانتهى البيع
problem-key-reused = استُخدم مفتاح عدم التكرار من قبل
problem-key-reused-detail = استُخدمت قيمة Idempotency-Key هذه لطلب آخر. يُرجى استخدام مفتاح جديد لكل طلب جديد
problem-hold-over = انتهت مدة الحجز المؤقت
problem-hold-over-detail = لم يُدفع ثمن الحجز في الوقت المحدد وأعيدت تذاكره. لم يخصم هذا الطلب أي مبلغ
problem-not-pending = الحجز ليس بانتظار الدفع
problem-already-paid = سبق دفع ثمن الحجز
problem-cancelled = أُلغي الحجز
problem-failed = رُفض دفع الحجز نهائيًا وأعيدت تذاكره
problem-paying = عملية دفع جارية
problem-paying-detail = عملية دفع أخرى لهذا الحجز جارية. يُرجى انتظار نتيجتها؛ لم يخصم هذا الطلب أي مبلغ
problem-too-late = فات أوان الإلغاء
problem-too-late-detail = بدأت الفعالية أو توشك أن تبدأ؛ لم يعد إلغاء الحجوزات ممكنًا
problem-declined = رُفض الدفع
problem-declined-funds = رصيد البطاقة غير كافٍ. لم يُخصم أي مبلغ
problem-declined-processing = تعذّرت معالجة البطاقة حاليًا. لم يُخصم أي مبلغ؛ يُرجى إعادة المحاولة
problem-declined-abandoned = انقطعت عملية الدفع. لم يُخصم أي مبلغ؛ يُرجى إعادة المحاولة
problem-declined-card = رُفضت البطاقة. لم يُخصم أي مبلغ
problem-card = رقم البطاقة غير صالح
problem-webhook-not-json = إشعار الويب ليس بصيغة JSON
problem-unsigned = إشعار الويب غير موقّع من بوابة الدفع
problem-unsigned-detail = الترويس Boxoffice-Signature غائب أو لا يوافق المحتوى
problem-stale = مضى على توقيع إشعار الويب وقت طويل
problem-stale-detail = الحد الأقصى لبُعد وقت التوقيع عن الآن بالثواني: { $seconds }
problem-amount = المبلغ مختلف
problem-amount-detail = الدفع بمبلغ آخر أو بعملة أخرى. لم يُسجَّل شيء
problem-many-pictures = الصور المطلوبة كثيرة جدًا. لم تُرسم هذه الصورة
problem-no-picture = لا توجد صورة كهذه
field-parameter = ليس من معاملات هذه القائمة
field-country = يجب أن يكون حرفين وفق ISO 3166-1
field-day = يجب أن يكون يومًا مثل 2027-06-30
field-to-before-from = يجب ألا يسبق from
field-city = يجب ألا يتجاوز 200 حرف
field-series = يجب ألا يتجاوز 64 حرفًا
field-currency = يجب أن يكون رمز عملة وفق ISO 4217 مثل EUR
field-currency-missing = يجب ذكرها مع السعر
field-price = يجب أن يكون مبلغًا لا يقل عن 0
field-one-each-tier = مُدخل واحد على الأكثر لكل فئة (الحد الأقصى: { $tiers })
field-one-each-ticket = مُدخل واحد على الأكثر لكل تذكرة (الحد الأقصى: { $limit })
field-at-least-one-ticket = يجب طلب تذكرة واحدة على الأقل
field-at-least-one = يجب أن يكون 1 على الأقل
field-only-once = يجب ألا يتكرر
field-known-tier = يجب أن يكون رمز إحدى فئات الفعالية
field-numbered-tier = يجب أن تكون فئة ذات مقاعد مرقّمة
field-number-or-seats = يجب ألا تكون ضمن items أيضًا: اطلب عددًا أو مقاعد
field-row = يجب أن يكون حروف صف
field-seat-of-row = يجب أن يكون مقعدًا في الصف
field-as-many-seats = يجب أن يساوي عددها عدد تذاكر فئتها
field-own-booking = يجب أن يكون حجزًا للمشتري نفسه والفعالية نفسها
field-on-behalf-of = يجب أن يحدد المشتري الذي يتصرف رمز الدخول باسمه
field-contact-not-asked = يجب ألا يُذكر: الفعالية لا تطلب بيانات اتصال
field-contact-missing = يجب أن يتضمن اسمًا وبريدًا إلكترونيًا
field-contact-name = يجب ألا يتجاوز 200 حرف، دون محارف تحكم
field-contact-email = يجب أن يكون بريدًا إلكترونيًا
field-card-digits = يجب أن يتكوّن من أرقام، وقد تفصل بينها مسافات أو شرطات فقط
field-card-length = يجب أن يتكوّن من 12 إلى 19 رقمًا
field-card-check = يجب أن يكون رقم بطاقة صالحًا: رقم التحقق خاطئ
field-cursor = يجب أن يكون next_cursor من هذه القائمة
field-printable = يجب أن يتكوّن من 1 إلى 255 من الأحرف القابلة للطباعة
field-range = يجب أن يكون من { $least } إلى { $most }
field-list-of-event = يجب أن تكون إحدى قوائم الفعالية
field-gate-name = يجب أن يكون من 1 إلى { $most } من الأحرف القابلة للطباعة
field-gate-name-taken = يجب ألا يكون اسم بوابة مفتوحة أخرى
field-gates-max = يجب ألا تكون واحدة إضافية: للفعالية { $limit } على الأكثر
field-code-or-ticket = يجب أن يكون موجودًا إذا لم تكن ticket موجودة: رمز أو تذكرة، لا كلاهما
field-code-length = يجب ألا يزيد على { $most } حرفًا
field-ticket = يجب أن تكون تذكرة لهذه الفعالية كما تسميها القائمة والبحث

## Texts of the page's script

script-days =
    { $count ->
        [zero] أقل من يوم
        [one] يوم واحد
        [two] يومان
        [few] { $number } أيام
        [many] { $number } يومًا
       *[other] { $number } يوم
    }
script-days-short = { $number } ي
script-hold =
    { $count ->
        [one] تذكرة واحدة محجوزة لك: بقي { $time } للدفع
        [two] تذكرتان محجوزتان لك: بقي { $time } للدفع
        [few] { $number } تذاكر محجوزة لك: بقي { $time } للدفع
        [many] { $number } تذكرة محجوزة لك: بقي { $time } للدفع
       *[other] { $number } تذكرة محجوزة لك: بقي { $time } للدفع
    }
script-limit =
    { $count ->
        [one] تذكرة واحدة على الأكثر في الحجز الواحد
        [two] تذكرتان على الأكثر في الحجز الواحد
        [few] { $number } تذاكر على الأكثر في الحجز الواحد
        [many] { $number } تذكرة على الأكثر في الحجز الواحد
       *[other] { $number } تذكرة على الأكثر في الحجز الواحد
    }
script-unreachable = انتهى الوقت، ولا يمكننا الاتصال بالمتجر لعرض ما يلي. ربما انقطع الاتصال؛ وما زلنا نحاول.
script-no-answer = لم يصل أي رد: ربما انقطع الاتصال. يُرجى إعادة المحاولة؛ لا يُنفَّذ النموذج نفسه مرتين أبدًا.
script-pay-missing = لم يصل نموذج الدفع: ربما انقطع الاتصال. يُرجى إعادة تحميل الصفحة أو الدفع في صفحة مزوّد الدفع.
script-act-missing = لم تُفتح صفحة تأكيد البنك: ربما انقطع الاتصال. لم يُخصم أي مبلغ. اضغط «المتابعة» مرة أخرى أو ادفع بطريقة أخرى.
script-last-minute = بقي أقل من دقيقة للدفع.
script-pay-problem = لم ينجح ذلك. لم يُخصم أي مبلغ؛ يُرجى إعادة المحاولة.
script-copied = تم نسخ الرابط
script-your-time = { $time } بتوقيتك
script-where-you-are = ({ $time } بتوقيتك)
script-one-less = إنقاص تذكرة { $tier }
script-one-more = إضافة تذكرة { $tier }
script-counts-unreached = لا يمكننا الاتصال بالمتجر الآن: ربما تغيّر العدد المتبقي.
script-part-of = { $part } من { $whole }
script-map-smaller = تصغير المخطط
script-map-larger = تكبير المخطط
script-map-whole = عرض القاعة كاملة
script-map-opening = جارٍ فتح مخطط المقاعد…
script-map-failed = لم يصل مخطط المقاعد: ربما انقطع الاتصال. يُرجى إعادة المحاولة.
script-map-list = اختر المقاعد من قائمة
script-seat = { $tier } · الصف { $row } · المقعد { $seat } · { $price }
script-seat-given-up = أُلغي اختياره
script-lonely =
    { $count ->
        [one] بهذا يبقى المقعد { $seats } شاغرًا وحده. يمكنك الحجز هكذا، ولو انتقلت مقعدًا واحدًا لما اضطر أحد إلى الجلوس وحده.
       *[other] بهذا تبقى المقاعد { $seats } شاغرة منفردة. يمكنك الحجز هكذا، ولو انتقلت مقعدًا واحدًا لما اضطر أحد إلى الجلوس وحده.
    }
script-gone-some = حجز شخص آخر للتو: { $seats }. يمكنك اختيار بديل، أو تقليل عدد التذاكر.
script-gone-all = حجز شخص آخر للتو: { $seats }. يمكنك اختيار مقاعد أخرى، أو الحجز مباشرةً لنختار لك أفضل المتاح.

problem-called-off = لن تُقام الفعالية
problem-called-off-detail = أُلغيت الفعالية: لا يُباع منها شيء بعد الآن، ويُعاد ما دُفع.
problem-many-exports = تُكتب الآن عمليات تصدير كثيرة؛ حاول مرة أخرى بعد لحظات.
problem-no-call-off = لم تُلغَ الفعالية.
field-export-too-long = يجب أن يكون CSV أو JSON Lines: لا تتسع ورقة الجدول لأكثر من 1,048,575 صفًا
field-clue-or-event = يجب ذكره، أو ذكر event_id
field-note = يجب أن يكون من 1 إلى 2000 حرف
field-name-of-event = يجب أن يكون اسم الفعالية حرفيًا
refused-called-off = أُلغيت هذه الفعالية
refused-called-off-text = لم يُحجز شيء ولم يُخصم شيء.
event-called-off = لن تُقام هذه الفعالية
event-called-off-text = لقد أُلغيت. تُلغى جميع الحجوزات، ويعود كامل المال إلى البطاقات التي دُفع بها دون أن تطلب ذلك.
stock-called-off = أُلغيت
ended-called-off-text = أُلغيت الفعالية، ولذلك أُلغي حجزك.
event-called-off-link = حجوزاتك

# الفعاليات الملغاة، والفئات التي تُباع في أوقاتها الخاصة.
tier-opens = تُباع ابتداءً من { $time }
tier-over = لم تعد تُباع
tier-until = حتى { $time }
tier-least =
    { $count ->
        [one] تذكرة واحدة على الأقل في الطلب الواحد
        [two] تذكرتان على الأقل في الطلب الواحد
        [few] { $number } تذاكر على الأقل في الطلب الواحد
        [many] { $number } تذكرة على الأقل في الطلب الواحد
       *[other] { $number } تذكرة على الأقل في الطلب الواحد
    }
tier-most =
    { $count ->
        [one] تذكرة واحدة على الأكثر في الطلب الواحد
        [two] تذكرتان على الأكثر في الطلب الواحد
        [few] { $number } تذاكر على الأكثر في الطلب الواحد
        [many] { $number } تذكرة على الأكثر في الطلب الواحد
       *[other] { $number } تذكرة على الأكثر في الطلب الواحد
    }
refused-tier-closed = بعض هذه التذاكر لا تُباع الآن
refused-tier-closed-text = لم يُحجز شيء. اختر غيرها، أو عُد في حينها.
problem-tier-opens = { $tier }: تُباع ابتداءً من { $time }
problem-tier-over = { $tier }: لم تعد تُباع
field-at-least-of-tier = يجب ألا يقل عن { $least } من هذه الفئة، أو لا شيء
field-at-most-of-tier = يجب ألا يزيد على { $most } من هذه الفئة

# ما يُقال للمنظمين عن فعالياتهم.
problem-edited = غيّر شخص آخر الفعالية في هذه الأثناء
problem-edited-detail = الفعالية الآن في النسخة { $version }: اقرأها من جديد وأرسل التغيير مع تلك النسخة
problem-event-state = الفعالية لا تسمح بذلك
problem-no-draft = لا يكون هذا إلا للمسودات
problem-being-published = يجري نشر الفعالية: انتظر إلى أن تُنشأ تذاكرها
problem-not-free = عدد التذاكر الشاغرة لا يكفي
problem-not-free-detail = من أصل { $asked } تذكرة تُسحب من البيع، الشاغر منها { $free }؛ لم يتغير شيء
field-given = يجب ذكره
field-text = يجب أن يكون من 1 إلى { $most } حرفًا
field-short = يجب ألا يتجاوز { $most } حرفًا
field-country-code = يجب أن يكون حرفين كبيرين وفق ISO 3166-1
field-time-zone = يجب أن تكون منطقة زمنية من IANA مثل Europe/Lisbon
field-venue-zone = يجب أن تكون { $zone }: المكان معروف من قبل
field-contact-rule = يجب أن يكون none أو optional أو required
field-to-come = يجب أن يكون في المستقبل
field-before-start = يجب أن يكون قبل بداية الفعالية
field-not-later = يجب ألا يكون بعد { $time }: البيع مفتوح
field-doors = يجب أن يكون قبل البداية بما لا يزيد على 24 ساعة، وليس بعدها
field-end = يجب أن تكون بعد البداية بما لا يزيد على 31 يومًا
field-series-code = يجب أن يكون من 1 إلى 64 من a-z و0-9 و-
field-series-own = يجب ألا تكون سلسلة منظِّم آخر
field-entries = يجب أن يحتوي على { $least } إلى { $most } من العناصر
field-stays = لم يعد من الممكن تغييره
field-tier-code = يجب أن يكون من 1 إلى 32 من a-z و0-9 و- و_
field-row-blocks = يجب أن تكون مجموعات من 1 إلى 1000 مقعد معًا
field-rows-max = يجب ألا تزيد الصفوف على 32000
field-seat-label = يجب أن يكون مقعدًا من الفئة مثل A-7
field-language = يجب أن يكون رمز لغة مثل de
field-after = يجب أن يكون بعد { $other }
field-at-least-other = يجب ألا يقل عن { $other }
field-version = يجب أن تكون نسخة الفعالية التي قرأتها
field-tiers-apart = تُغيَّر واحدة واحدة، ضمن فئات الفعالية
field-picture-format = يجب أن تكون JPEG أو PNG أو WebP
field-picture-size = يجب أن تكون الأضلاع من 240 إلى 12000 بكسل، وألا يتجاوز المجموع 40 مليون بكسل
field-picture-damaged = يجب أن تكون صورة سليمة

## Tiers that share a stock

tier-seats-of = المقاعد نفسها كما في { $tier }: يمكن اختيارها هناك
refused-only-left-shared = المتبقي { $number } فقط، والمطلوب منها ومن الفئات التي تشاركها { $asked }.
problem-stock-short = { $tier } والفئات التي تشاركها التذاكر: المتبقي { $left }، والمطلوب { $asked }
field-stock = يجب أن يكون رمز فئة أخرى من الفعالية لها تذاكرها الخاصة
field-of-stock = هو نفسه في الفئة التي تشاركها التذاكر: يُترك فارغًا
problem-stock-shared = تُباع فئات أخرى من تذاكر هذه الفئة: يجب حذفها أولًا

## Questions and answers

problem-link-cannot-answer = رابط الحجز للاطلاع والدفع: لا تُعرض الإجابات ولا تُغيَّر
problem-answers-over = بدأت الفعالية أو لن تُقام، أو انتهى الحجز: لم تعد الإجابة ممكنة
field-answer-missing = السؤال { $question } يتطلب إجابة
field-answer-missing-of = السؤال { $question } يتطلب إجابة للتذكرة { $ticket }
field-answer-asked = يجب أن يكون رقم سؤال من أسئلة الفعالية
field-answer-of-ticket = يجب أن تكون تذكرة من الحجز، بالعد من 1
field-answer-of-order = يجب ألا تُذكر: السؤال عن الطلب كله
field-answer-one-of = يجب أن تكون واحدة من: { $options }
field-answer-yes-no = يجب أن تكون yes أو no
field-question = يجب أن يكون رقم سؤال من أسئلة الفعالية أو يُترك
field-stays-as-asked = لا يمكن تغييره: اطرح سؤالًا آخر بدلًا منه
answers-legend = أسئلة المنظم
answers-ticket = التذكرة { $number }: { $what }
answers-yes = نعم
answers-no = لا
answers-choose = يُرجى الاختيار
answers-heading = إجاباتك
answers-text = يمكن تغييرها حتى بدء الفعالية.
answers-save = حفظ الإجابات
answers-link-text = يسأل المنظِّم عن هذا كل من يحضر. لن تظهر إجاباتك هنا مرة أخرى.
answers-missing = تُرجى الإجابة هنا.
answers-too-long = بحد أقصى { $most } حرفًا.
answers-wrong = يُرجى اختيار إحدى الإجابات.

## Changes of paid bookings

problem-not-paid = الحجز غير مدفوع
problem-not-paid-detail = لا يمكن تغيير سوى حجز مدفوع
problem-tickets-changed = لا يضم الحجز هذه التذاكر
problem-tickets-changed-detail = ليست من هذا الحجز أو لم تعد منه: { $tickets }. لم يتغير شيء
problem-let-in = دخل أحدهم بهذه التذاكر
problem-let-in-detail = سبق الدخول بها: { $tickets }. لم يتغير شيء
problem-dearer = التذاكر الجديدة أغلى
problem-dearer-detail = لا يُخصم الفرق: بدّلها فقط إن دُفع باليد أو تنازلت عنه. لم يتغير شيء
problem-other-difference = الفرق مبلغ آخر
problem-other-difference-detail = ما تزيد به التذاكر الجديدة ليس ما دُفع باليد. لم يتغير شيء: راجعه مجددًا
problem-other-amount = سيُرد مبلغ آخر
problem-other-amount-detail = تغيّر الحجز منذ عرض المبلغ. لم يتغير شيء: راجعه مجددًا
problem-other-total = أصبح الثمن مختلفًا
problem-other-total-detail = تغيّر السعر منذ عرضه. لم يُبَع شيء: راجع المجموع مجددًا
problem-nothing-to-refund = لم يتبقَّ هذا القدر من الدفعة
problem-nothing-to-refund-detail = لا دفعة متبقية للحجز يمكن الرد منها. لم يتغير شيء
problem-refund-refused = لا يمكن رد هذا المبلغ
problem-refund-refused-detail = لا يستطيع مزوّد الدفع رد هذا الجزء من الدفعة بالضبط. لم يتغير شيء: أعد تذاكر أخرى أو ألغِ الحجز
problem-only-cancelled = لا يمكن إلا إلغاء هذا الحجز
problem-only-cancelled-detail = حجز المنظم هذه التذاكر أو أهداها أو باعها عند الشباك. ولا تُستبدل إلا ضمن فئتها: ألغِ الحجز بدلًا من ذلك. لم يتغير شيء
field-tickets-none = يجب تحديد تذكرة واحدة على الأقل
field-tickets-all = يجب ألا تكون كل التذاكر: ألغِ الحجز بدلًا من ذلك
field-tickets-one-tier = يجب أن تكون من فئة واحدة: بدّل فئة بعد أخرى
field-tickets-same = يجب أن تكون مقاعد غير مقاعد الحجز
field-seats-count = يجب أن يساوي عدد المقاعد عدد التذاكر
field-tier-other-price = يجب أن تكون فئة أخرى: في الحجز تذاكر منها بسعر آخر
field-tier-priced = يجب أن تكون فئة التذاكر نفسها: في الأسعار ضرائب أو رسوم أو رمز ترويجي. أعد التذاكر واحجز من جديد
field-seat-unknown = يجب أن تكون تذكرة من الفئة مثل A-7، أو رقمًا حيث لا مقاعد مرقمة
field-tier-unknown = يجب أن يكون رمز فئة من فئات الفعالية
receipt-ordered = المطلوب
receipt-returned = المُرد
receipt-part = رُدّ { $amount } في { $time }
receipt-part-due = { $amount } في طريقه إليك
receipt-part-failed = لم يصل رد { $amount }
## Blocks, the box office, and what costs nothing

field-none-or-more = يجب أن يكون 0 أو أكثر
field-costs-nothing = يجب ألا يُذكر: هذا الحجز مجاني
field-too-little = يجب ألا يقل عن الثمن
field-not-with-method = لا يناسب طريقة الدفع هذه
field-paid-and-waived = إما مدفوع أو متنازل عنه، لا كلاهما
field-guest-name = يجب ذكر اسم الضيف
problem-no-block = لا يوجد حجب كهذا
price-free = مجانًا
free-heading = لا يكلّف شيئًا
free-lead = أمامك حتى { $slot } لأخذها. لا حاجة إلى بطاقة.
free-no-card = لا حاجة إلى بطاقة ولن يُخصم شيء.
free-button = احصل على التذاكر
free-note = لا يكلّف شيئًا. لم تُخصم أي بطاقة.
free-confirmed-lead =
    { $count ->
        [one] تذكرة واحدة لـ { $event } أصبحت لك.
        [two] تذكرتان لـ { $event } أصبحتا لك.
        [few] { $number } تذاكر لـ { $event } أصبحت لك.
       *[other] { $number } تذكرة لـ { $event } أصبحت لك.
    }
free-cancel-text =
    { $count ->
        [one] تعود التذكرة إلى البيع فورًا.
        [two] تعود التذكرتان إلى البيع فورًا.
        [few] تعود التذاكر الـ{ $number } إلى البيع فورًا.
       *[other] تعود التذاكر الـ{ $number } إلى البيع فورًا.
    }
payment-cash = نقدًا في شباك التذاكر
payment-terminal = بجهاز البطاقات في شباك التذاكر
money-back-by-hand = أُعيد { $amount } في شباك التذاكر.
money-due-by-hand = يعيد إليك شباك التذاكر { $amount }.
# فعاليات تغيّر موعدها.
moved-heading = موعد جديد
moved-was = سابقًا
moved-is = الآن
moved-before = تغيّر الموعد؛ سابقًا: { $date }
moved-until = احتفظ بالتذاكر أو أعدها حتى { $date }
moved-event-text = تبقى التذاكر التي بيعت من قبل صالحة. ومن لا يستطيع الحضور في الموعد الجديد يمكنه إعادتها:
moved-before-paying = تغيّر موعد الفعالية بعد أن اخترت هذه التذاكر. هي للموعد الجديد: ادفع فقط إن كنت تستطيع الحضور.
moved-ask = هل تستطيع الحضور؟ تبقى تذاكرك صالحة للموعد الجديد ولا يلزمك فعل شيء.
moved-kept = احتفظت بتذاكرك للموعد الجديد.
moved-return-until = يمكنك إعادتها واسترداد كامل مالك حتى { $date }.
moved-closed = تذاكرك صالحة للموعد الجديد. كان يمكن إعادتها حتى { $date }.
moved-keep = أحتفظ بالتذاكر
moved-return = لا أستطيع الحضور
moved-return-text =
    { $count ->
        [one] تُعاد التذكرة ويعود { $amount } إلى بطاقتك. لا يمكن التراجع عن ذلك.
       *[other] تُعاد التذاكر ويعود { $amount } إلى بطاقتك. لا يمكن التراجع عن ذلك.
    }
moved-return-button = أعد التذاكر واسترد { $amount }
moved-buyer-alone = لا يستطيع إعادة التذاكر إلا من حجزها.
ticket-was-used = دخل أحدهم بإحدى هذه التذاكر.
already-admitted = لا يمكن إعادة التذاكر
    .assurance = يبقى حجزك كما هو.
    .advice = إن كان ذلك خطأ فاسأل المنظّم.
field-move-answer = يجب أن يكون keep أو return
field-by-moving = يتغيّر بنقل الفعالية إلى موعد آخر ليُسأل من حجزوا
field-another-date = يجب أن يكون موعدًا آخر ما لم يتغيّر المكان
problem-not-published = لا يكون ذلك إلا للفعاليات المنشورة
problem-no-move = لم يتغيّر موعد الفعالية.
problem-not-asked = لا يُسأل عن شيء
problem-not-asked-detail = لم يتغيّر موعد الفعالية منذ الحجز، أو لم يُدفع ثمن الحجز
problem-moved-again = تغيّر موعد الفعالية مرة أخرى
problem-moved-again-detail = اقرأ ما هو قائم الآن وأجب عنه
problem-answer-closed = فات أوان الإجابة
problem-answer-closed-detail = انتهت مهلة إعادة التذاكر؛ وهي صالحة للموعد الجديد
problem-admitted = استُعملت إحدى التذاكر
problem-admitted-detail = دخل أحدهم بإحدى التذاكر منذ تغيّر موعد الفعالية
field-yes-or-no = يجب أن يكون true أو false
# Halls.
problem-no-hall = لا توجد قاعة كهذه.
field-stays-in-hall = لا يمكن تغييره: المقاعد هي مقاعد قاعة
field-hall-section = يجب أن يكون قسمًا من القاعة
field-hall-row = يجب أن يكون صفًا من القسم
field-hall-section-name = يجب أن يكون من 1 إلى 40 حرفًا، دون أي من : " \
field-hall-row-label = يجب أن يكون من 1 إلى 8 أحرف دون مسافات، ودون أي من : - " \
field-hall-length = يجب أن يكون من { $least } إلى { $most } بخطوات 0.5
field-hall-seats = يجب أن يكون مقاعد وفراغات مثل 4 _ 12، { $most } على الأكثر
field-hall-numbers = يجب أن يكون { $seats } من الأرقام المختلفة مثل 1-12 أو 23-1/2, 2-24/2
field-hall-apart = يتداخل مع { $other }
field-hall-stage = يتداخل مع المنصة
field-hall-fewer = يجب ألا يزيد عدد المقاعد كلها على { $most }
# Prices, taxes, fees, promo codes
percent = { $number }٪
price-includes = يشمل { $parts }
price-part = { $name } { $of }
price-was = بدلًا من
price-of-order = يضاف { $names } { $amount } للطلب
line-discount = الرمز { $code }
line-discount-percent = الرمز { $code } (خصم { $percent })
line-tax = { $name } { $percent }
line-contained = يشمل { $name }
code-label = رمز ترويجي
code-apply = تطبيق
code-takes-percent = { $code }: خصم { $percent } على كل تذكرة
code-takes-amount = { $code }: خصم { $amount } على كل تذكرة
code-unlocks = يتيح { $code } التذاكر المعروضة هنا
code-unknown = لا يوجد رمز ترويجي كهذا
code-withdrawn = لم يعد هذا الرمز الترويجي مقبولًا
code-not-yet = هذا الرمز الترويجي صالح من { $time }
code-over = لم يعد هذا الرمز الترويجي صالحًا
code-used-up = استُخدم هذا الرمز الترويجي بقدر ما يُسمح به
code-used-up-by-buyer = استخدمت هذا الرمز الترويجي بقدر ما يُسمح لك: { $limit } على الأكثر
code-not-for-these = هذا الرمز الترويجي ليس لهذه التذاكر
refused-code = لا يمكن استخدام الرمز الترويجي
refused-code-text = لم يُحجز شيء. غيّر الرمز أو احذفه، ثم احجز من جديد.
order-with-code = تُباع هذه التذاكر برمز ترويجي: أدخل رمزك.
stock-with-code = برمز
problem-code = لا يمكن استخدام الرمز الترويجي
field-amount-or-percent = يجب أن يكون مبلغًا أو نسبة مئوية، أحدهما فقط
field-promo-code = يجب أن يكون من 1 إلى 32 من A-Z و0-9 و- و_

# Paying through a provider.
field-payment-method = يجب أن يكون رمز وسيلة دفع، مثل pm_card_visa
field-payment-method-missing = غير موجود
field-card-number-not-taken = يجب ألا يكون موجودًا: أرقام البطاقات لمزوّد الدفع وحده. أرسل payment_method
field-card-or-method = يجب ألا يكون موجودًا مع payment_method
field-return-url = يجب أن يكون عنوانًا يبدأ بـ http:// أو https://
problem-amount-refused = لا يمكن خصم هذا المبلغ
problem-amount-refused-detail = مزوّد الدفع لا يخصم مبلغًا كهذا. لم يُخصم أي مبلغ
problem-declined-unavailable = مزوّد الدفع لا يستجيب حاليًا. لم يُخصم أي مبلغ، وتذاكرك محفوظة لبضع دقائق أخرى؛ يُرجى إعادة المحاولة بعد قليل
problem-declined-refused = تعذّر إتمام الدفع. لم يُخصم أي مبلغ؛ أعد المحاولة أو ادفع بطريقة أخرى
problem-declined-authentication = لم يؤكد البنك الدفع. لم يُخصم أي مبلغ
test-bank-title = البنك يسأل
test-bank-lead = هل تريد دفع { $amount }؟
test-bank-yes = نعم، ادفع
test-bank-no = لا
test-bank-over = تمت الإجابة من قبل، أو فات الأوان.
test-bank-back = العودة إلى الحجز
test-bank-hint = تمثل هذه الصفحة صفحة بنك. لا تُنقل أي أموال.
