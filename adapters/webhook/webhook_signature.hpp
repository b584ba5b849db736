#pragma once

#include <string>
#include <string_view>

namespace hts::webhook {

/// `sha256=` and the HMAC-SHA256, in lower-case hexadecimal digits, of the timestamp as it stands
/// in its header, a point and the body. Empty when OpenSSL fails.
[[nodiscard]] std::string signature_of(std::string_view timestamp, std::string_view body,
                                       std::string_view secret);

/// Compares in a time that does not depend on where they differ.
[[nodiscard]] bool equal_signatures(std::string_view left, std::string_view right) noexcept;

}  // namespace hts::webhook
