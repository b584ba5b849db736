#pragma once

#include "engine/result/result.hpp"

namespace hts::result {

/// For records that keep an error and are compared as a whole.
[[nodiscard]] inline bool operator==(const Error& a, const Error& b) {
  return a.code == b.code && a.message == b.message && a.field == b.field;
}

}  // namespace hts::result
