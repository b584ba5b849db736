#include "adapters/webhook/webhook_signature.hpp"

#include <array>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace hts::webhook {

std::string signature_of(std::string_view timestamp, std::string_view body,
                         std::string_view secret) {
  std::string text(timestamp);
  text += '.';
  text += body;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
           &length) == nullptr) {
    return {};
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string signature = "sha256=";
  for (unsigned i = 0; i < length; ++i) {
    signature += digits[digest[i] >> 4U];
    signature += digits[digest[i] & 0xfU];
  }
  return signature;
}

bool equal_signatures(std::string_view left, std::string_view right) noexcept {
  return !left.empty() && left.size() == right.size() &&
         CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace hts::webhook
