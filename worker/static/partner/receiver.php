<?php
// A receiver of Newsroad's webhooks, for PHP 7.4 or later, without any package.
//
//     php -S 127.0.0.1:9000 receiver.php        to try it; in production put it behind your web server
//
// The key is read from WEBHOOK_SECRET (several while keys change, with spaces between) or from the file secret.txt
// beside this one, which your web server must not serve. Articles are kept as files in the folder "received": replace
// keep() by what your system does with an article. Answer 2xx only once it is stored: whatever else you answer is sent
// again.

declare(strict_types=1);

const LARGEST = 20 * 1024 * 1024;

function setting(string $name, string $default): string
{
    $value = getenv($name);
    return $value === false || $value === '' ? $default : $value;
}

/** The keys in force, as bytes. */
function keys(): array
{
    $beside = __DIR__ . '/secret.txt';
    $written = setting('WEBHOOK_SECRET', is_file($beside) ? (string) file_get_contents($beside) : '');
    $found = [];
    foreach (preg_split('/\s+/', $written, -1, PREG_SPLIT_NO_EMPTY) as $one) {
        $key = strncmp($one, 'whsec_', 6) === 0 ? base64_decode(substr($one, 6), true) : false;
        if ($key !== false && strlen($key) >= 24) { // with an empty one anybody could sign
            $found[] = $key;
        }
    }
    return $found;
}

/** Whether the signature holds: HMAC-SHA256 over id.timestamp.body, and the timestamp is of these minutes. */
function genuine(string $message, string $stamp, string $signatures, string $body): bool
{
    $tolerance = (int) setting('WEBHOOK_TOLERANCE', '300');
    if ($message === '' || !preg_match('/^[0-9]{1,12}$/', $stamp) || abs(time() - (int) $stamp) > $tolerance) {
        return false;
    }
    $held = false;
    foreach (keys() as $key) {
        $mine = 'v1,' . base64_encode(hash_hmac('sha256', "$message.$stamp.$body", $key, true));
        foreach (preg_split('/\s+/', $signatures, -1, PREG_SPLIT_NO_EMPTY) as $theirs) {
            $held = hash_equals($mine, $theirs) || $held;
        }
    }
    return $held;
}

/** Store an article, or its withdrawal. A number not above the last one of the same article is a repeat or late. */
function keep(string $type, array $data): bool
{
    if (!preg_match('/^urn:uuid:([0-9a-f-]{36})$/', (string) ($data['id'] ?? ''), $known) || !is_int($data['sequence'] ?? null)) {
        throw new UnexpectedValueException('data.id is no urn:uuid:, or there is no sequence');
    }
    $store = setting('WEBHOOK_STORE', 'received');
    if (!is_dir($store) && !mkdir($store) && !is_dir($store)) {
        throw new RuntimeException("cannot make the folder $store");
    }
    $place = "$store/$known[1].json";
    $lock = fopen("$place.lock", 'c');
    if ($lock === false || !flock($lock, LOCK_EX)) {
        throw new RuntimeException("cannot lock $place");
    }
    $last = is_file($place) ? json_decode((string) file_get_contents($place), true)['sequence'] : 0;
    $fresh = $data['sequence'] > $last;
    if ($fresh) {
        // A withdrawal has no text: what was stored of the article is gone with this.
        $text = json_encode(['type' => $type] + $data, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
        if (file_put_contents("$place.new", $text) === false || !rename("$place.new", $place)) {
            throw new RuntimeException("cannot write $place");
        }
    }
    fclose($lock);
    return $fresh;
}

function take(): int
{
    if (($_SERVER['REQUEST_METHOD'] ?? '') !== 'POST') {
        return 405;
    }
    $body = (string) file_get_contents('php://input', false, null, 0, LARGEST + 1);
    if (strlen($body) > LARGEST) {
        return 413;
    }
    if (keys() === []) {
        error_log('set WEBHOOK_SECRET to the key (whsec_...), or put it into secret.txt beside this file');
        return 500;
    }
    $header = fn (string $name): string => (string) ($_SERVER["HTTP_WEBHOOK_$name"] ?? '');
    if (!genuine($header('ID'), $header('TIMESTAMP'), $header('SIGNATURE'), $body)) {
        return 401;
    }
    try {
        $event = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
        if (!is_string($event['type'] ?? null) || !is_array($event['data'] ?? null)) {
            return 400;
        }
        $fresh = keep($event['type'], $event['data']);
        error_log(($fresh ? $event['type'] : 'repeat') . ' ' . $event['data']['id']);
        return 204;
    } catch (JsonException | UnexpectedValueException $error) {
        error_log('not understood: ' . $error->getMessage());
        return 400;
    } catch (RuntimeException $error) {
        error_log($error->getMessage());
        return 503;
    }
}

http_response_code(take());
