// SPDX-License-Identifier: Apache-2.0
// Log of a pod, on xterm 4: the one of argo-ui 1.0.0 needs xterm 2.
import React, {useEffect, useRef} from 'react';
import {Terminal} from 'xterm';
import {FitAddon} from 'xterm-addon-fit';
import 'xterm/css/xterm.css';

export function LogsViewer({source}) {
    const place = useRef(null);
    useEffect(() => {
        const terminal = new Terminal({scrollback: 99999, convertEol: true});
        const fit = new FitAddon();
        terminal.loadAddon(fit);
        terminal.open(place.current);
        fit.fit();
        let reading;
        const read = () => {
            const again = () => source.shouldRepeat() && read();
            reading = source.loadLogs().subscribe({next: text => terminal.write(text), error: again, complete: again});
        };
        read();
        return () => {
            reading.unsubscribe();
            terminal.dispose();
        };
    }, [source.key]);
    return React.createElement('div', {ref: place, className: 'logs-viewer', style: {height: '100%'}});
}
