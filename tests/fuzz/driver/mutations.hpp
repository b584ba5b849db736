#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace hts::fuzz {

/// Makes new inputs of known ones: flipped bits, other bytes, spliced halves, inserted words,
/// repetitions, cuts. Equal seeds make equal inputs. One thread.
class Mutations {
 public:
  /// `known` is not empty; its words become the words that are inserted.
  Mutations(std::vector<std::string> known, std::uint64_t seed, std::size_t longest);

  /// At most `longest` bytes.
  [[nodiscard]] std::string next();

 private:
  [[nodiscard]] std::size_t below(std::size_t limit);
  [[nodiscard]] const std::string& any(const std::vector<std::string>& of) {
    return of[below(of.size())];
  }
  void change(std::string& text);

  std::vector<std::string> known_;
  std::vector<std::string> words_;
  std::mt19937_64 random_;
  std::size_t longest_;
};

}  // namespace hts::fuzz
