#include "engine/schedule/cron_field.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace hts::schedule {
namespace {

using result::Result;

constexpr std::size_t longest_quote = 40;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string quoted(std::string_view text) {
  std::string shown = "'";
  for (const char c : text.substr(0, longest_quote)) {
    shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  }
  return shown + "'";
}

std::string lower(std::string_view text) {
  std::string name{text};
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name;
}

class FieldReader {
 public:
  FieldReader(std::string_view text, const CronFieldKind& kind, std::size_t offset)
      : text_(text), kind_(kind), offset_(offset) {}

  Result<CronField> read() {
    CronField field;
    field.is_star = text_.starts_with('*');
    do {
      if (auto status = read_item(field); !status) return std::move(status).error();
    } while (take(','));
    if (next_ < text_.size()) return wrong("is not understood: separate values with commas");
    return field;
  }

 private:
  bool take(char c) {
    if (next_ >= text_.size() || text_[next_] != c) return false;
    ++next_;
    return true;
  }

  result::Status read_item(CronField& field) {
    unsigned first = kind_.lowest;
    unsigned last = kind_.highest;
    bool is_range = true;
    const std::size_t begin = next_;
    if (!take('*')) {
      auto value = read_value();
      if (!value) return std::move(value).error();
      first = last = *value;
      is_range = take('-');
      if (is_range) {
        auto end = read_value();
        if (!end) return std::move(end).error();
        last = *end;
        // A week may be written to end with its Sunday.
        if (last == 0 && first > 0 && kind_.highest == 7) last = 7;
        if (last < first) {
          next_ = begin;
          return wrong("is a range that ends before it begins: swap its ends");
        }
      }
    }
    unsigned step = 1;
    if (next_ < text_.size() && text_[next_] == '/') {
      if (!is_range) return wrong("is a step without a range: write */n or a-b/n");
      ++next_;
      const std::size_t at = next_;
      const auto number = read_number();
      if (!number || *number == 0) {
        next_ = at;
        return wrong("is no step: give a whole number from 1");
      }
      step = *number;
    }
    for (unsigned value = first; value <= last; value += step) {
      field.values |= std::uint64_t{1} << value;
    }
    return result::success();
  }

  Result<unsigned> read_value() {
    const std::size_t at = next_;
    if (const auto number = read_number()) {
      if (*number >= kind_.lowest && *number <= kind_.highest) return *number;
      next_ = at;
      return wrong("is out of range: give " + std::to_string(kind_.lowest) + " to " +
                   std::to_string(kind_.highest));
    }
    const auto* const end =
        std::find_if(text_.begin() + static_cast<std::ptrdiff_t>(at), text_.end(),
                     [](char c) { return c == ',' || c == '-' || c == '/'; });
    const std::string name =
        lower(std::string_view(text_.begin() + static_cast<std::ptrdiff_t>(at), end));
    const auto found = std::find(kind_.value_names.begin(), kind_.value_names.end(), name);
    if (found == kind_.value_names.end()) {
      return wrong(kind_.value_names.empty()
                       ? "is not understood: give a number, a range, a list or *"
                       : "is not understood: give a number, a name of three letters, a range, a "
                         "list or *");
    }
    next_ = at + name.size();
    return kind_.lowest + static_cast<unsigned>(found - kind_.value_names.begin());
  }

  std::optional<unsigned> read_number() {
    constexpr unsigned enough = 1000;  // no field holds as much
    unsigned number = 0;
    const std::size_t at = next_;
    while (next_ < text_.size() && is_digit(text_[next_])) {
      number = std::min(enough, number * 10 + static_cast<unsigned>(text_[next_] - '0'));
      ++next_;
    }
    if (next_ == at) return std::nullopt;
    return number;
  }

  result::Error wrong(const std::string& what) const {
    const std::string_view rest = text_.substr(std::min(next_, text_.size()));
    return cron_error(kind_.name, offset_ + next_ + 1,
                      rest.empty() ? "a value is missing" : quoted(rest) + " " + what);
  }

  std::string_view text_;
  const CronFieldKind& kind_;
  std::size_t offset_;
  std::size_t next_ = 0;
};

}  // namespace

result::Error cron_error(std::string_view field, std::size_t position, const std::string& what) {
  return result::make_error(result::ErrorCode::invalid,
                            "The " + std::string{field} + " of the cron expression, position " +
                                std::to_string(position) + ": " + what + ".",
                            "cron");
}

Result<CronField> parse_cron_field(std::string_view text, const CronFieldKind& kind,
                                   std::size_t offset) {
  return FieldReader{text, kind, offset}.read();
}

}  // namespace hts::schedule
