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

  /// The list.
  public static let list = AddressList(
    [
      (214, [200, 206, 207, 208]),
      (213, [114, 44]),
      (212, [127, 138, 129, 136, 74, 69, 128, 132]),
    ].flatMap { network, hosts in hosts.map { AddressRange(IPAddress(196, 201, network, $0)) } })
}
