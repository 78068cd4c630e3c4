/// RSA keys, since making one takes a second. Used nowhere but in tests.
enum RSAExamples {
  /// 2,048 bits.
  static let strong = """
    -----BEGIN PRIVATE KEY-----
    MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC9y5nZTGd+9Lds
    OOrAhwnM+MNVaa9UHm5qflyS3yrOO1E6zb4iGHL5Tj97+mv1YByV4RpdZszEXNQV
    ZWaJvk9sbk+hwQP2yV3+QlnkK0TDl9Yl31z49dnBQmXkXjUY5zINM1Qk/P2NkUjt
    y0EpKSDqeniCcW3x59aO9HRw41NqtMsQe9vW/Y4n7iqeva3v0au00kbUvyNpB58i
    hJQJg8pMg2todNccEdIyozVfd41um6/B6hrsIIZ1E1dTRxeAFkM8VPN3LKLwZijd
    vqvynjaJSxOMSouf74xhNNLDfLM6FkWvhqKvWc+FDFOwDWSQo8/Pj5WjL507yfoe
    NT/drG9nAgMBAAECggEAF2/WbOUd8f6hzdfjc+iDrHowPie2/Qy69s8+0EDa+4I2
    ACxwOlae5ValHpf9uocRUJgZAN1VE48g/g66UEUeGquD4ttqXrsJWStJXWnTFnzK
    oXzzxqcuqh+bDyMWVx++6FllHneCj0zttAuW3XsqM4+cZQNBH+T7SPDlQMbEQhdK
    9vWEYh3v9j9IM9yyikXj2Q9onBpLnxBVu4iEZrHIT3lJmVxccOWVZM32Lq1pRsto
    nt4GIwseH9Codi1iWYWiFYlWhjX/tsC64KWSEFK3mR00HtS1rOZewCgOur696HZu
    B9/SL/N1ND75qXPnq3Q6o+8un90JskNJzTu0N2BwNQKBgQDvfnCzwZqU4tIupsda
    Yij1cP5apZHwdYcYmlBHM5EoV5wBz2rQ1VsJga65R5gnDMoXpPMtngxx3v9kGEy0
    IMjNn9Trj4WnUKpI+hJJG+m5AgyZmLPfZLmtK+X3GS6RwAGWuvJnoFVIBEg+s5Zm
    1xC4HdlYVj6+EVh0HjypSwS/QwKBgQDK4Esg7Mv0o/Py+EFeOEiyaviBhzrUvKmY
    xckj8Yf6D+OWfv2ewSzBSZKY2TRyTnVzPdOb0lv6DGBK7r9i+tZCB0pCHPq5EMqv
    aReYDcz7Y/gUloZMGcMv70NTge/tp9p+rzkm+/b9o+eKRdctfWQP3CBvQg8vSwPr
    J/HAdSRTDQKBgQDo1fF2IXxK0XXsGwLnUVVmwbLXp+6Ja4mrFqODhZPTN9GZRPEh
    FLxMMsMOqJc5J8r2T8yIBgctUdLTmnhACzuOBZz4YvFaqCbViiHq5/NDhcWAMqB1
    SDToMiyCHf5TfutMgnYW3x7qRBeEtg4770z24zYiFr8rBCwNwDPTlvaHhwKBgHte
    a7FI7joFXXqaBr4yAdsle5rgziDB3Ww+kjMeVG73LJG/BaF9nSapA9GY+/Cqz3dV
    2JGAGVh0IDZQ+udI2/PpFPohP0I8+NQ0VxmrAsS4pQp4ApDSdcR3ffyRHoLpuM+i
    5GFVhXv2KP4HvHM4NhoC5WJizHMY7fgZIUTEt2MdAoGAG84yGgUmiLJTNNERqx82
    pbolDcMAPYNAmL+xbr7iY+lu22ShtvsJwqS+K5z5ljvfG6UjQ8by2eNcdguxD6WC
    DA2oMLJEC3rpLs1EAXzzsxq0gGcW3hmm4vkXObBhrdQ7D0wDz7f8XB7Sh8GUf6jN
    /wxbVs6oKajMK+c40pF02aQ=
    -----END PRIVATE KEY-----
    """

  /// 2,048 bits too.
  static let other = """
    -----BEGIN PRIVATE KEY-----
    MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQDwcRIGeaA2NJ5K
    HeaqmXHFWZXP94iq8vLiPGET04IQHrXO+Mu6oe2lj/EGvcg7iHMtDOunnceDGOQ6
    AeQyT5PtEsSKh9kucpZV6Aga/G3GC3q2UjFYllg/6KzZW9VAyaO4LV8/UPvl2VUR
    rVwN4n9fvyy0P14Ypivn88EgPsxk9MOcq4fDpbvmAP5+68u0coEFwkbx0vN6vo+o
    z5QmvBv6qy4F9p+oc/6ktOZ6sW2ZrYcMagv0dibczWRbJAApS2mLpkC5dtQlebXd
    Io5L8/0UUPn3M2APWgcNl9fOCjtBMmmpl5WupZYnTlweC6XeMy4Q+g6Jpqmj7u2q
    VPjzA6rtAgMBAAECggEAVndTFCEJDHU/t0epfBBSabYdufw6mb9kuRcdkhOt4j4p
    A5VVLnitDa0F8HavWzlmsfzDgjOrW+nHqVSky7Lyb38gTvErmRh8F8ipoYrFr0LR
    jl9gf4sRkWoLPt9XgUUCK2mlpw9ohu/xN7owMI4TYEtPuEJRhGu9vlxaR05OEr+A
    WYYwCwPfWW70EMiOgr/SAJEAiflK/S3haoeAFuhGJDME41WIJD6LeYEMfxps4qcC
    iwQZAowj9mJ/pnQBwEJyo1h4OeVGlVbeTRIRNZCjU3oTqQcZINya3mKt9OgcbLHM
    gM4g+8YIgv8nlsnE5vf3l+ipyRLJ8gX93RoN7iIhwQKBgQD+YgfJNa7d8lduB9cJ
    joiScN0w2soOe2kUDSsMEzmzNbSLtna/8ONRA22MbdelnpplesQiTBIXJ2Ah2ShA
    6ZVdwP6vCQmaBzuL7zhPwz8il0ttR6hPmgXaU91D5pLy0RcvomrFAKEKweNKHJ5W
    dExjdlH4PK2x28g51wfffpH+IwKBgQDx+FpMiC/CWQDWKOj4P9PO8l0qpwEFFERK
    2qIoKJ8eE2tTVq+K+QNiz4vDBU1l/fynt3aYxVvSgWRUqLMveV2NjbSm3dB1cNK4
    DQUzgISdnYyvPLi/uyHSDxa6k/p71DtHYcfSIufSYVZyki728ategUeczJND2g2A
    3q+Fd2XbrwKBgBJu7huBfVtt7TH29Xkmz/S0owKgSBYGkVW3oo/scLjwwlWBcld0
    UDSVqAGOEBtbQ9roq3/EvWbaHpg1UTpq8rzpeEscv4pezczVF+KHxnJuPjP8BlFG
    Wvg4LYd3FNztk92KymveIM1TwXGkY0DmioaGk2gGlZuWzoqKb3KdjFy7AoGAMTN8
    uP8gJvaOEv3ykTf5S6VAiIG41V2PnWDjhCLuZ+Eu+50uyKVlqNvm4VrcqBaDH19Q
    wDOxPhaNXiGHfenBuhzMVPnZf2fXkREks5o4XQxCJQfF0Uat09a5mmqojjFTdGpP
    hU0PslmUiGttHU16uRa0hw+aCjv2bvPY4NysW4UCgYAVAizW+YfAkBhvs4urtSsq
    QnlnoN2vH6SvyrolouhjiRfMIHLswFkLmokAEgiQPoPB69uZvYtstIDFGVAcXJgc
    Gn5I6YSc8w50Q77o0cuFuE4YzwbdYonQpc0SdN462YotNL9aihApwrXD/eccgbOY
    39EIDow0pV8nVItzp7bmVA==
    -----END PRIVATE KEY-----
    """

  /// The public part of a key of 1,024 bits, which is too short to be believed.
  static let weakPublic = """
    -----BEGIN PUBLIC KEY-----
    MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC29XAmRFq/bmBX0ADknUuAbSkc
    tz3jRZX4ECLQET4IodcF+Fl4jky7iFke0/TUIxATUR9BDn9dYzlmTlItcNDqm5Eg
    Uz+tDvQ1RE2I6o3NCL6cNRnAT2Tva6d8iaJIEDVOnDTep+opHDpafiIjv7VczfRu
    ++bDvSNwzwUtwEnvwQIDAQAB
    -----END PUBLIC KEY-----
    """
}
