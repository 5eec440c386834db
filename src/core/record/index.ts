export { frameAt, isRecording, openRecording, type Frame, type FrameAnswer, type OpenedRecording, type Recording } from './open.js';
export { recordAlarm, recordSnapshot, startRecording, TABLES_EVERY, USE_EVERY, WHOLE_EVERY, type Recorder } from './recorder.js';
export { RECORDING_FORMAT } from './format.js';
