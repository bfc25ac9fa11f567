<?php
// Ask Newsroad for what changed, for PHP 7.4 or later, without any package. Call it every minute (cron).
//
//     php client.php
//
// The address is read from settings.json beside this file or from PULL_URL, the token from PULL_TOKEN or the file
// token.txt. Articles are kept as files in the folder "received": replace keep() by what your system does with an
// article. Where it left off is kept in since.txt, written only once everything before it is stored.

declare(strict_types=1);

function setting(string $name, string $default): string
{
    $value = getenv($name);
    return $value === false || $value === '' ? $default : $value;
}

function beside(string $name): string
{
    $place = __DIR__ . "/$name";
    return is_file($place) ? trim((string) file_get_contents($place)) : '';
}

/** All of it or nothing. */
function write(string $place, string $text): void
{
    if (file_put_contents("$place.new", $text) === false || !rename("$place.new", $place)) {
        throw new RuntimeException("cannot write $place");
    }
}

/** Status and body of one page of changes after $since. */
function ask(string $url, string $token, string $since): array
{
    // The token is for this address, and for none that it leads on to.
    $ways = ['timeout' => 60, 'ignore_errors' => true, 'follow_location' => 0];
    $options = ['header' => "Authorization: Bearer $token\r\n"] + $ways;
    $body = file_get_contents("$url?since=$since&limit=100", false, stream_context_create(['http' => $options]));
    if ($body === false) {
        throw new RuntimeException("no answer from $url");
    }
    preg_match('/^HTTP\/\S+ (\d{3})/', $http_response_header[0] ?? '', $status);
    return [(int) ($status[1] ?? 0), $body];
}

/** Store an article, or its withdrawal. An update of one that is not there is taken like a publication. */
function keep(string $store, array $change): void
{
    $data = $change['data'];
    if (!preg_match('/^urn:uuid:([0-9a-f-]{36})$/', $data['id'], $known)) {
        throw new UnexpectedValueException('data.id is no urn:uuid:');
    }
    $place = "$store/$known[1].json";
    $last = is_file($place) ? json_decode((string) file_get_contents($place), true)['sequence'] : 0;
    if ($data['sequence'] <= $last) {
        return; // a repeat, after a crash
    }
    // A withdrawal has no text: what was stored of the article is gone with this.
    $flags = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR;
    write($place, json_encode(['type' => $change['type']] + $data, $flags));
    echo $change['type'], ' ', $data['id'], ' ', $data['title'] ?? $data['line'] ?? '', "\n";
}

$url = setting('PULL_URL', (string) (json_decode(beside('settings.json'), true)['url'] ?? ''));
$token = setting('PULL_TOKEN', beside('token.txt'));
$store = setting('PULL_STORE', 'received');
if (!is_dir($store) && !mkdir($store) && !is_dir($store)) {
    throw new RuntimeException("cannot make the folder $store");
}
$since = is_file("$store/since.txt") ? trim((string) file_get_contents("$store/since.txt")) : '0';
do {
    [$status, $body] = ask($url, $token, $since);
    if ($status !== 200) {
        fwrite(STDERR, "$status: $body\n");
        exit(1);
    }
    $page = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
    foreach ($page['changes'] as $change) {
        keep($store, $change);
    }
    $since = (string) $page['next'];
    write("$store/since.txt", $since);
} while ($page['more']);
