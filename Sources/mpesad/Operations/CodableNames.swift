import ArgumentParser
import Payments
import Store

// On the admin socket, in JSON and on the command line these are written by their stable names.
extension PaymentStatus: Codable, ExpressibleByArgument {}
extension DeliveryState: Codable, ExpressibleByArgument {}
extension Ruling: Codable, ExpressibleByArgument {}
