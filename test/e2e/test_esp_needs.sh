# SPDX-License-Identifier: Apache-2.0
# ESP-IDF shows a component the headers of those components only that its CMakeLists.txt names: here each header that a file
# of esp32/ includes is looked up, for a chip and for target linux, which lacks some components.
. test/e2e/lib.sh

# which component of ESP-IDF 5.3 to 6.x gives what
cat >"$tmp/gives" <<'END'
esp_partition.h esp_partition
esp_private/partition_linux.h esp_partition
esp_flash_partitions.h bootloader_support
esp_ota_ops.h app_update
nvs.h nvs_flash
nvs_flash.h nvs_flash
esp_timer.h esp_timer
esp_tls.h esp-tls
esp_console.h console
driver/gpio.h esp_driver_gpio
driver/rmt_tx.h esp_driver_rmt
driver/rmt_encoder.h esp_driver_rmt
esp_event.h esp_event
esp_netif.h esp_netif
esp_netif_sntp.h esp_netif
esp_wifi.h esp_wifi
END
# what each component sees unasked: freertos, log, esp_common, esp_system, esp_rom, esp_hw_support
given='^(esp_(err|log|system|rom_crc|random|mac|idf_version)|sdkconfig|freertos/.*)\.h$'
absent_on_linux=' app_update bootloader_support esp_timer esp_wifi esp_driver_gpio esp_driver_rmt '

cat >"$tmp/read.cmake" <<'END'
function(idf_build_get_property out name)
  if(name STREQUAL IDF_TARGET)
    set(${out} ${TARGET} PARENT_SCOPE)
  elseif(name STREQUAL IDF_PATH)
    set(${out} IDF PARENT_SCOPE)
  endif()
endfunction()
function(target_compile_definitions)
endfunction()
function(idf_component_register)
  cmake_parse_arguments(IS "" "" "SRCS;INCLUDE_DIRS;PRIV_INCLUDE_DIRS;REQUIRES;PRIV_REQUIRES;EMBED_FILES;EMBED_TXTFILES" ${ARGN})
  file(WRITE ${OUT}.files "${IS_SRCS}")
  file(WRITE ${OUT}.needs ";${IS_REQUIRES};${IS_PRIV_REQUIRES};${IS_PRIV_INCLUDE_DIRS};")
endfunction()
set(CMAKE_CURRENT_LIST_DIR ${DIR})
include(${DIR}/CMakeLists.txt)
END

# headers TARGET FILE...: those of ESP-IDF that they include there
headers() {
    linux=
    [ "$1" != linux ] || linux=-DCONFIG_IDF_TARGET_LINUX=1
    shift
    gcc -M -D_GNU_SOURCE -DPROJECT_VER='""' -DCONFIG_OTA_DEMO_LED_COLOURED=1 -DCONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=1 $linux \
        -I test/ota_demo/idf -I test/esp/idf -I include -I src -I esp32/component -I esp32/component/include \
        -I esp32/ota_demo/parts -I esp32/ota_demo/chip "$@" >"$tmp/reached" || fail "$* do not compile for $target"
    tr ' ' '\n' <"$tmp/reached" | sed -n 's,^test/\(ota_demo\|esp\)/idf/\(.*\.h\)$,\2,p' | grep -vE '(idf|app)_(types|calls)\.h$' | sort -u
}

n=0
for dir in esp32/component esp32/ota_demo/chip esp32/ota_demo/parts; do
    for target in esp32c3 linux; do
        say "$dir names what it needs for $target"
        cmake -DDIR="$PWD/$dir" -DTARGET=$target -DOUT="$tmp/out" -P "$tmp/read.cmake"
        files=
        for file in $(tr ';' ' ' <"$tmp/out.files"); do
            [ -f "$file" ] || file=$dir/$file
            [ -f "$file" ] || fail "$file is not there"
            files="$files $file"
        done
        # shellcheck disable=SC2086 # a list of files
        for header in $(headers $target $files | grep -vE "$given"); do
            from=$(awk -v h="$header" '$1 == h { print $2 }' "$tmp/gives")
            [ -n "$from" ] || fail "no line here says which component gives $header"
            n=$((n + 1))
            ! grep -q ";IDF/components/$from/include;" "$tmp/out.needs" || continue
            grep -q ";$from;" "$tmp/out.needs" || fail "$header is included, and $dir/CMakeLists.txt does not name $from"
            case "$target$absent_on_linux" in
            linux*" $from "*) fail "$dir includes $header, and target linux has no $from" ;;
            esac
        done
    done
done
[ "$n" -gt 20 ] || fail "only $n headers were looked at"
