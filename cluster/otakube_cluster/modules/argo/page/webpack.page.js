// SPDX-License-Identifier: Apache-2.0
// Argo's own configuration, changed for what the npm registry has: argo-ui 1.0.0, and esbuild for everything that minifies.
const {EsbuildPlugin} = require('esbuild-loader');
const path = require('path');

const argo = require('./webpack.config.js');

module.exports = {
    ...argo,
    devtool: false,
    performance: {hints: false},
    optimization: {minimizer: [new EsbuildPlugin({target: 'es2020'})]},
    resolve: {
        ...argo.resolve,
        alias: {
            'argo-ui/src/index$': 'argo-ui/src/components/ticker',
            'argo-ui/src/components/logs-viewer/logs-viewer$': path.join(__dirname, 'logs-viewer.js')
        }
    }
};
