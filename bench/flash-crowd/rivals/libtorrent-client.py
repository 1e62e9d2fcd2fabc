"""One libtorrent client: libtorrent-client.py TORRENT FOLDER ADDRESS seed|fetch. Says `ready`, begins at a line on standard input, says `done`."""

import sys

import libtorrent as lt

torrent, folder, address, role = sys.argv[1:]
session = lt.session(
    {
        "listen_interfaces": f"{address}:6881",
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        # uTP yields to TCP and would measure that.
        "enable_incoming_utp": False,
        "enable_outgoing_utp": False,
        "in_enc_policy": 2,
        "out_enc_policy": 2,
        "announce_to_all_trackers": True,
        "min_announce_interval": 2,
        "connection_speed": 200,
        "alert_mask": lt.alert.category_t.status_notification | lt.alert.category_t.error_notification,
    }
)
parameters = lt.add_torrent_params()
parameters.ti = lt.torrent_info(torrent)
parameters.save_path = folder
parameters.flags &= ~lt.torrent_flags.auto_managed
parameters.flags &= ~lt.torrent_flags.paused
if role == "seed":
    parameters.flags |= lt.torrent_flags.seed_mode
print("ready", flush=True)
sys.stdin.readline()
handle = session.add_torrent(parameters)
while True:
    session.wait_for_alert(1000)
    for alert in session.pop_alerts():
        if isinstance(alert, lt.torrent_finished_alert) and role == "fetch":
            print("done", flush=True)
        elif alert.category() & lt.alert.category_t.error_notification:
            print(alert.message(), file=sys.stderr, flush=True)
