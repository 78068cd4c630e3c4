extension CheckoutTexts {
  static let swahili = CheckoutTexts(
    states: { state in
      switch state {
      case .ready:
        State(title: "Lipa na M‑Pesa", sentence: "Weka namba yako ya M‑Pesa. Ombi la PIN litakuja kwenye simu hiyo.")
      case .sending: State(title: "Tunatuma ombi", sentence: "Kaa na simu yako karibu: ombi la M‑Pesa liko njiani.")
      case .prompted: State(title: "Angalia simu yako", sentence: "Weka PIN yako ya M‑Pesa kwenye simu ili ulipe.")
      case .checking:
        State(
          title: "Tunaangalia malipo yako",
          sentence: "Tunauliza M‑Pesa yamefikia wapi. Kama kuna ombi kwenye simu yako, lijibu.")
      case .paid: State(title: "Umelipa", sentence: "Asante. Malipo yako yamepokelewa.")
      case .cancelled: State(title: "Umeghairi malipo", sentence: "Hakuna pesa iliyokatwa.")
      case .wrongPIN:
        State(
          title: "PIN si sahihi", sentence: "Hakuna pesa iliyokatwa. Hakikisha PIN yako ya M‑Pesa, kisha ujaribu tena.")
      case .pinLocked:
        State(
          title: "PIN yako ya M‑Pesa imefungwa",
          sentence: "Hakuna pesa iliyokatwa. Piga simu Safaricom 234 wakufungulie, kisha ujaribu tena.")
      case .insufficientFunds:
        State(
          title: "Salio lako la M‑Pesa halitoshi",
          sentence: "Hakuna pesa iliyokatwa. Ongeza pesa kwenye M‑Pesa, kisha ujaribu tena.")
      case .unreachable:
        State(title: "Simu yako haikujibu", sentence: "Ifungue, hakikisha ina mtandao, kisha ujaribu tena.")
      case .limit:
        State(
          title: "Umefikia kiwango chako cha M‑Pesa",
          sentence: "Hakuna pesa iliyokatwa. Lipa kwa namba nyingine, au ujaribu tena kesho.")
      case .failedOtherwise:
        State(title: "Malipo hayakufaulu", sentence: "M‑Pesa haikuyakamilisha. Jaribu tena, au uliza duka.")
      case .stillChecking:
        State(
          title: "Bado tunaangalia",
          sentence: "M‑Pesa bado haijatuambia malipo yaliishaje. Kama uliweka PIN, usilipe tena.")
      case .review:
        State(
          title: "Duka linaangalia malipo yako",
          sentence: "Huenda pesa ya oda hii imefika. Usilipe tena; duka litakuthibitishia.")
      case .expired:
        State(
          title: "Muda wa linki hii umeisha",
          sentence:
            "Hakuna malipo ya oda hii yaliyofika dukani. Omba duka linki mpya; kama M‑Pesa ilikutumia ujumbe kuwa umelipa, "
            + "waonyeshe.")
      }
    },
    payMerchant: "Lipa %", pay: "Lipa %", tryAgain: "Jaribu tena",
    tryAgainOn: "Jaribu tena kwa %", otherNumber: "Tumia namba nyingine",
    tryAgainIn: "Unaweza kujaribu tena baada ya %",
    checkNow: "Nimelipa: angalia sasa", phoneLabel: "Namba ya M‑Pesa", phoneHint: "Kwa mfano 0712 345 678",
    remember: "Kumbuka namba yangu kwenye kifaa hiki",
    phoneProblem: "Weka namba ya Safaricom kama 0712 345 678.", problemTitle: "Tafadhali angalia hapa:",
    unlockHint: "Ombi halijafika? Fungua simu yako na usubiri kidogo. Hakuna haja ya kutuma tena.",
    countdownLabel: "Kwa kawaida ombi hujibiwa ndani ya dakika moja na nusu", secondsLeft: "Sekunde %",
    countdownOver: "Inaweza kuchukua muda zaidi kidogo. Hakuna kilichopotea.", orderLabel: "Oda", payingWith: "Simu",
    receiptLabel: "Risiti ya M‑Pesa", receiptFollows: "Iko kwenye ujumbe wa M‑Pesa", amountLabel: "Kiasi",
    timeLabel: "Saa (EAT)", copy: "Nakili", copied: "Imenakiliwa", print: "Chapisha", toShop: "Rudi dukani",
    leavingIn: "Tunakurudisha dukani baada ya sekunde %", stay: "Baki hapa", cancel: "Ghairi na urudi dukani",
    manualTitle: "Lipa bila ombi",
    manualWarning: "Kama ombi halikufika na hujalipa bado tu. Kwenye M‑Pesa, chagua Lipa na M‑Pesa:",
    payBill: "Namba ya PayBill", till: "Namba ya Till (Buy Goods)", account: "Namba ya akaunti",
    olderDoubt: "Jaribio la awali bado linaangaliwa. Kama lililipwa, ukurasa huu utakuambia.",
    tooOften: "Umejaribu mara nyingi mno. Subiri dakika moja, kisha ujaribu tena.",
    askedJustNow: "M‑Pesa imeulizwa sasa hivi. Subiri sekunde chache kabla ya kuuliza tena.",
    askedStill: "Tumeuliza M‑Pesa: bado hakuna jibu. Ukurasa huu unaendelea kuangalia.",
    busy: "M‑Pesa ina shughuli nyingi na haikutuma ombi. Jaribu tena baada ya muda mfupi.",
    cannotPrompt: "Duka haliwezi kutuma ombi kwa sasa. Uliza duka jinsi ya kulipa.",
    unavailable: "Hatuwezi kuangalia kwa sasa. Hakuna kilichopotea; ukurasa huu utajaribu tena wenyewe.",
    unknownTitle: "Linki hii haifanyi kazi",
    unknownSentence: "Hakikisha umenakili anwani yote, au omba duka linki mpya.",
    brokenTitle: "Subiri kidogo, tafadhali", reload: "Angalia tena", connectionLost: "Hakuna mtandao. Tunajaribu tena…",
    sending: "Tunatuma…", secured: "PIN unaiweka kwenye simu yako tu, kamwe si kwenye ukurasa huu.",
    months: ["Jan", "Feb", "Mac", "Apr", "Mei", "Jun", "Jul", "Ago", "Sep", "Okt", "Nov", "Des"])
}
