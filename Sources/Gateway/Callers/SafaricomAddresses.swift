/// The addresses that Safaricom's callbacks come from.
///
/// Safaricom hands out twelve of them to merchants who ask, and prints none on its portal. Two more, 196.201.212.128 and
/// .132, are on the lists that current SDKs keep. Shorter lists circulate, such as 196.201.214.200 to .215, or only the
/// networks 196.201.213.0/24 and 196.201.214.0/24: they leave out 196.201.212.x, from which callbacks really come, so
/// that with them every such callback is refused, and Safaricom delivers none twice.
public enum SafaricomAddresses {
  /// When the list was last compared with its sources.
  public static let date = "2026-11-25"

  /// Where it comes from, for people.
  public static let source =
    "the 12 addresses that Safaricom hands out to merchants, and 2 from the lists of current SDKs"

  /// The list as a setting.
  public static let text = """
    196.201.214.200, 196.201.214.206, 196.201.214.207, 196.201.214.208, 196.201.213.114, 196.201.213.44, \
    196.201.212.127, 196.201.212.138, 196.201.212.129, 196.201.212.136, 196.201.212.74, 196.201.212.69, \
    196.201.212.128, 196.201.212.132
    """
}
